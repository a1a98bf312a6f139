import { createHash, timingSafeEqual } from 'node:crypto'
import type { Request } from './rtsp-message.ts'

export const realm = 'Simulated camera'

/** What the camera answers to somebody who has not signed in (RFC 2617; most cameras offer no qop). */
export const challenge = (kind: 'digest' | 'basic', nonce: string): string =>
  kind === 'basic' ? `Basic realm="${realm}"` : `Digest realm="${realm}", nonce="${nonce}"`

const md5 = (text: string): string => createHash('md5').update(text).digest('hex')

const same = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** Whether the request carries the right user and password. */
export function isSignedIn(
  request: Request,
  kind: 'digest' | 'basic',
  nonce: string,
  username: string,
  password: string,
): boolean {
  const header = request.headers.get('authorization') ?? ''
  if (kind === 'basic') {
    return same(header, `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`)
  }
  if (!/^digest /i.test(header)) return false
  const fields = new Map<string, string>()
  for (const [, name, quoted, bare] of header.matchAll(/(\w+)=(?:"([^"]*)"|([^\s,]+))/g)) {
    fields.set(name!.toLowerCase(), quoted ?? bare ?? '')
  }
  const ha1 = md5(`${username}:${realm}:${password}`)
  const ha2 = md5(`${request.method}:${fields.get('uri') ?? ''}`)
  const middle = fields.has('qop')
    ? `${nonce}:${fields.get('nc') ?? ''}:${fields.get('cnonce') ?? ''}:${fields.get('qop')}`
    : nonce
  return (
    fields.get('username') === username &&
    fields.get('nonce') === nonce &&
    same(fields.get('response') ?? '', md5(`${ha1}:${middle}:${ha2}`))
  )
}
