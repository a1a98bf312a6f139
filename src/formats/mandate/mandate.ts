/**
 * formats/mandate: the signed statement a recorder obeys. A mandate is a compact JWS (EdDSA, RFC 8037) by a dated signing
 * key, which a certificate by the hub's offline root key vouches for; a withdrawal ends one. What is not understood
 * whole is refused: unknown fields, other versions, bad signatures, older counters. Byte by byte in
 * docs/reference/mandate.md. Reads no clock and keeps nothing; `read.ts` also runs in a browser.
 */
export * from './claims.ts'
export * from './read.ts'
export * from './sign.ts'
