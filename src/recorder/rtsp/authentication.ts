import { createHash, randomBytes } from 'node:crypto'

/**
 * Answers to `WWW-Authenticate`: Digest with SHA-256 or MD5 (RFC 7616; MD5 because most cameras know nothing else)
 * and Basic (RFC 7617). Credentials live in memory only and are never logged.
 */
export type Credentials = { readonly username: string; readonly password: string }

export type Challenge =
  | { readonly scheme: 'basic'; readonly realm: string }
  | {
      readonly scheme: 'digest'
      readonly realm: string
      readonly nonce: string
      readonly opaque: string | null
      readonly algorithm: 'MD5' | 'SHA-256'
      readonly session: boolean
      readonly qop: boolean
      readonly userhash: boolean
      readonly stale: boolean
    }

/** Parses the challenges of an answer, the strongest first; schemes we do not know are left out. */
export function parseChallenges(values: readonly string[]): Challenge[] {
  const challenges: Challenge[] = []
  for (const value of values) {
    for (const part of splitSchemes(value.slice(0, 4096))) {
      const { scheme, parameters } = part
      const realm = parameters.get('realm') ?? ''
      if (scheme === 'basic') challenges.push({ scheme, realm })
      if (scheme !== 'digest') continue
      const nonce = parameters.get('nonce')
      const named = (parameters.get('algorithm') ?? 'MD5').toUpperCase()
      const algorithm = named.replace(/-SESS$/, '')
      if (nonce === undefined || (algorithm !== 'MD5' && algorithm !== 'SHA-256')) continue
      const qop = parameters.get('qop')
      // RFC 7616 §3.3: qop absent means the older form of RFC 2069; only "auth-int" offered is beyond us.
      if (qop !== undefined && !/(^|[\s,])auth($|[\s,])/.test(qop)) continue
      challenges.push({
        scheme,
        realm,
        nonce,
        opaque: parameters.get('opaque') ?? null,
        algorithm,
        session: named.endsWith('-SESS'),
        qop: qop !== undefined,
        userhash: parameters.get('userhash') === 'true',
        stale: parameters.get('stale')?.toLowerCase() === 'true',
      })
    }
  }
  const strength = (c: Challenge) => (c.scheme === 'basic' ? 0 : c.algorithm === 'MD5' ? 1 : 2)
  return challenges.sort((a, b) => strength(b) - strength(a))
}

/** One header may hold several challenges (RFC 9110 §11.6.1); a scheme is a token not followed by `=`. */
function splitSchemes(value: string): { scheme: string; parameters: Map<string, string> }[] {
  const found: { scheme: string; parameters: Map<string, string> }[] = []
  const tokens = /([A-Za-z0-9_-]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+)))?\s*,?\s*/gy
  for (;;) {
    const match = tokens.exec(value)
    if (!match || match[0] === '') break
    const [, name, quoted, bare] = match
    if (quoted === undefined && bare === undefined) {
      found.push({ scheme: name!.toLowerCase(), parameters: new Map() })
    } else {
      found.at(-1)?.parameters.set(name!.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '')
    }
  }
  return found
}

/** Writes `Authorization` for each request; keeps the nonce count of RFC 7616 §3.4. */
export class Authenticator {
  readonly #credentials: Credentials
  #challenge: Challenge
  #count = 0

  constructor(credentials: Credentials, challenge: Challenge) {
    this.#credentials = credentials
    this.#challenge = challenge
  }

  /** A server may hand out a fresh nonce at any time. */
  renew(challenge: Challenge): void {
    this.#challenge = challenge
    this.#count = 0
  }

  /** `clientNonce` is given by tests that check the RFC's worked examples. */
  header(method: string, uri: string, clientNonce = randomBytes(12).toString('base64url')): string {
    const c = this.#challenge
    const { username, password } = this.#credentials
    if (c.scheme === 'basic') {
      return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`
    }
    const hash = (text: string) =>
      createHash(c.algorithm === 'MD5' ? 'md5' : 'sha256')
        .update(text, 'utf8')
        .digest('hex')
    this.#count += 1
    const nc = this.#count.toString(16).padStart(8, '0')
    let ha1 = hash(`${username}:${c.realm}:${password}`)
    if (c.session) ha1 = hash(`${ha1}:${c.nonce}:${clientNonce}`)
    const ha2 = hash(`${method}:${uri}`)
    const response = c.qop
      ? hash(`${ha1}:${c.nonce}:${nc}:${clientNonce}:auth:${ha2}`)
      : hash(`${ha1}:${c.nonce}:${ha2}`)
    const name = c.userhash ? hash(`${username}:${c.realm}`) : username
    const parts = [
      `username="${quote(name)}"`,
      `realm="${quote(c.realm)}"`,
      `nonce="${quote(c.nonce)}"`,
      `uri="${quote(uri)}"`,
      `response="${response}"`,
      // Left out when it is MD5: some cameras refuse a header that names what they did not name.
      ...(c.algorithm === 'MD5' && !c.session ? [] : [`algorithm=${c.algorithm}${c.session ? '-sess' : ''}`]),
      ...(c.opaque === null ? [] : [`opaque="${quote(c.opaque)}"`]),
      ...(c.qop || c.session ? [`cnonce="${clientNonce}"`] : []),
      ...(c.qop ? ['qop=auth', `nc=${nc}`] : []),
      ...(c.userhash ? ['userhash=true'] : []),
    ]
    return `Digest ${parts.join(', ')}`
  }
}

const quote = (text: string) => text.replace(/[\\"]/g, '\\$&').replace(/[\r\n]/g, '')
