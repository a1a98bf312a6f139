/**
 * RTSP 1.0 messages (RFC 2326 §4-7, with RFC 7826's stricter header rules): reading a start line and headers out of
 * bytes, writing a request. Sizes are bounded; what breaks a bound is a protocol error, never a bigger buffer.
 */

/** The longest start line plus headers we read, in bytes. Real answers stay under 1 KiB. */
export const headersBytesMax = 16_384
/** The longest body we read, in bytes. A DESCRIBE answer of a camera with 30 profiles stays under 16 KiB. */
export const bodyBytesMax = 131_072

export type RtspResponse = {
  readonly kind: 'response'
  readonly status: number
  readonly reason: string
  readonly headers: ReadonlyMap<string, readonly string[]>
  readonly body: Buffer
}

/** A request the server makes of us (ANNOUNCE, OPTIONS as a ping); RFC 2326 §10. */
export type RtspRequest = {
  readonly kind: 'request'
  readonly method: string
  readonly uri: string
  readonly headers: ReadonlyMap<string, readonly string[]>
  readonly body: Buffer
}

export class RtspProtocolError extends Error {
  override readonly name = 'RtspProtocolError'
}

/** Reads start line and headers (without the closing empty line). Header names are folded to lower case. */
export function parseMessageHead(text: string): Omit<RtspResponse, 'body'> | Omit<RtspRequest, 'body'> {
  const lines = text.split(/\r?\n/)
  const startLine = lines[0] ?? ''
  const headers = new Map<string, string[]>()
  let lastName: string | null = null
  for (let i = 1; i < lines.length; i += 1) {
    const line = lines[i]!
    if (line === '') continue
    // RFC 2326 §4.2 inherits HTTP/1.0's folding: a line opening with white space continues the header before it.
    if (/^[ \t]/.test(line) && lastName !== null) {
      const values = headers.get(lastName)!
      values[values.length - 1] = `${values.at(-1)} ${line.trim()}`
      continue
    }
    const colon = line.indexOf(':')
    if (colon <= 0) continue // some cameras put junk lines here; they carry nothing for us
    lastName = line.slice(0, colon).trim().toLowerCase()
    const value = line.slice(colon + 1).trim()
    const values = headers.get(lastName)
    if (values) values.push(value)
    else headers.set(lastName, [value])
  }
  const answer = /^RTSP\/(\d)\.(\d) +(\d{3})(?: +(.*))?$/.exec(startLine)
  if (answer) return { kind: 'response', status: Number(answer[3]), reason: answer[4] ?? '', headers }
  const request = /^([A-Z_]{3,20}) +(\S+) +RTSP\/\d\.\d$/.exec(startLine)
  if (request) return { kind: 'request', method: request[1]!, uri: request[2]!, headers }
  throw new RtspProtocolError('the answer is not RTSP')
}

export function contentLength(headers: ReadonlyMap<string, readonly string[]>): number {
  const text = headers.get('content-length')?.[0]
  if (text === undefined) return 0
  if (!/^\d{1,9}$/.test(text)) throw new RtspProtocolError('the answer has no usable Content-Length')
  const length = Number(text)
  if (length > bodyBytesMax) throw new RtspProtocolError(`the answer is longer than ${bodyBytesMax} bytes`)
  return length
}

export function formatRequest(
  method: string,
  uri: string,
  headers: Readonly<Record<string, string>>,
  body = '',
): string {
  let text = `${method} ${uri} RTSP/1.0\r\n`
  for (const [name, value] of Object.entries(headers)) text += `${name}: ${value}\r\n`
  if (body !== '') text += `Content-Length: ${Buffer.byteLength(body)}\r\n`
  return `${text}\r\n${body}`
}

/** Session header (RFC 2326 §12.37): the id to echo and the seconds after which a silent session may be dropped. */
export function parseSession(value: string): { id: string; timeoutSeconds: number } {
  const [id, ...parameters] = value.split(';')
  const timeout = parameters
    .map((p) => /^\s*timeout\s*=\s*(\d{1,6})/i.exec(p)?.[1])
    .find((t) => t !== undefined)
  return { id: (id ?? '').trim(), timeoutSeconds: timeout === undefined ? 60 : Math.max(2, Number(timeout)) }
}

/** Transport header of a SETUP answer (RFC 2326 §12.39): which interleaved channels the server chose. */
export function parseInterleaved(value: string): { rtp: number; rtcp: number } | null {
  const match = /interleaved\s*=\s*(\d{1,3})(?:\s*-\s*(\d{1,3}))?/i.exec(value)
  if (!match) return null
  const rtp = Number(match[1])
  const rtcp = match[2] === undefined ? rtp + 1 : Number(match[2])
  return rtp > 255 || rtcp > 255 ? null : { rtp, rtcp }
}
