"use client";

import { Check, Link } from "lucide-react";
import { useState } from "react";
import { Button } from "../controls/button";

const SHOWN_MS = 1_500;

/** Copies the address, which holds filter, time and selection. Without a clipboard (plain http) the text is selected in a prompt. */
export function CopyLink() {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    const address = window.location.href;
    try {
      await navigator.clipboard.writeText(address);
      setCopied(true);
      setTimeout(() => setCopied(false), SHOWN_MS);
    } catch {
      window.prompt("Copy this link", address);
    }
  };
  return (
    <Button
      icon
      aria-label={copied ? "Link copied" : "Copy link to this view"}
      title="Copy link"
      onClick={copy}
    >
      {copied ? <Check size={14} aria-hidden className="text-good" /> : <Link size={14} aria-hidden />}
    </Button>
  );
}
