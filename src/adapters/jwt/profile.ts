import type { JWTPayload } from "jose";
import { withoutControls } from "../../core/text.ts";
import type { Claims } from "../../ports/identity.ts";

const limits = { externalId: 200, username: 150, fullName: 200, avatar: 2_048 };

function firstString(payload: JWTPayload, names: string[]): string | null {
  for (const name of names) {
    const value = payload[name];
    if (typeof value === "string" && value !== "") return value;
  }
  return null;
}

function readName(payload: JWTPayload, names: string[], maxLength: number): string | null {
  const text = firstString(payload, names)?.toWellFormed().normalize("NFC");
  const clean = text === undefined ? "" : withoutControls(text).trim();
  return Array.from(clean).slice(0, maxLength).join("").trim() || null;
}

function readAvatar(payload: JWTPayload): string | null {
  const text = firstString(payload, ["avatar", "picture"]);
  if (text === null || text.length > limits.avatar) return null;
  const url = URL.parse(text);
  if (url?.protocol !== "https:" && url?.protocol !== "http:") return null;
  return url.href.length > limits.avatar ? null : url.href;
}

/** Null when the claim names nobody. */
export function readExternalId(payload: JWTPayload, userClaims: string[]): string | null {
  const name = userClaims.find((claim) => Object.hasOwn(payload, claim));
  const value = name === undefined ? undefined : payload[name];
  if (typeof value === "number") {
    return Number.isSafeInteger(value) && value > 0 ? String(value) : null;
  }
  if (typeof value !== "string" || value === "" || value.length > limits.externalId) return null;
  return value.isWellFormed() && !/\p{Cc}/u.test(value) ? value : null;
}

export function readProfile(payload: JWTPayload): Pick<Claims, "username" | "fullName" | "avatar"> {
  return {
    username: readName(payload, ["username", "preferred_username"], limits.username),
    fullName: readName(payload, ["name", "full_name"], limits.fullName),
    avatar: readAvatar(payload),
  };
}
