/** Next-header numbers of IPv6 extension headers (RFC 8200 section 4, RFC 7045 section 4). ESP hides what follows and is none here. */
export const HOP_BY_HOP = 0;
export const IPV6_FRAGMENT = 44;
const ROUTING = 43;
const AUTHENTICATION = 51;
const DESTINATION_OPTIONS = 60;
const MOBILITY = 135;
const HOST_IDENTITY = 139;
const SHIM6 = 140;

/** RFC 8200 section 4.1 knows nine at most in a sound packet; a longer chain only costs time. */
export const MAXIMUM_EXTENSION_HEADERS = 12;

const FRAGMENT_HEADER_BYTES = 8;

export function isExtensionHeader(nextHeader: number): boolean {
  return (
    nextHeader === HOP_BY_HOP ||
    nextHeader === ROUTING ||
    nextHeader === IPV6_FRAGMENT ||
    nextHeader === AUTHENTICATION ||
    nextHeader === DESTINATION_OPTIONS ||
    nextHeader === MOBILITY ||
    nextHeader === HOST_IDENTITY ||
    nextHeader === SHIM6
  );
}

/**
 * Bytes of the extension header at `at`, whose first two bytes can be read. Its length field counts units of 8 bytes beyond the first
 * (RFC 8200 section 4.3); the authentication header's counts units of 4 beyond two (RFC 4302 section 2.2).
 */
export function extensionHeaderBytes(view: DataView, at: number, header: number): number {
  if (header === IPV6_FRAGMENT) return FRAGMENT_HEADER_BYTES;
  const length = view.getUint8(at + 1);
  return header === AUTHENTICATION ? (length + 2) << 2 : (length + 1) << 3;
}
