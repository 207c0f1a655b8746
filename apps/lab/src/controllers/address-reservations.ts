/** Where the next pod of an owner is to run, and with which address. */
export interface Reservation {
  readonly node: string;
  readonly address: string;
}

/** Addresses that are to pass from a pod that went to a certain owner's next pod. */
export class AddressReservations {
  readonly #byOwner = new Map<string, Reservation>();

  set(ownerUid: string, reservation: Reservation): void {
    this.#byOwner.set(ownerUid, reservation);
  }

  take(ownerUid: string): Reservation | undefined {
    const reservation = this.#byOwner.get(ownerUid);
    this.#byOwner.delete(ownerUid);
    return reservation;
  }
}
