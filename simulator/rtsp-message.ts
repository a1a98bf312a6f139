/** RTSP requests as they arrive on a connection (RFC 2326). */
export type Request = {
  readonly method: string
  readonly url: string
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>
}

const headBytesMax = 16_384
const bodyBytesMax = 65_536

/** Takes bytes as they come; calls `onRequest` for each whole request; passes over interleaved packets and bodies. */
export function createRequestReader(
  onRequest: (request: Request) => void,
  onNonsense: () => void,
  onPacket: () => void,
): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    while (rest.length > 0) {
      if (rest[0] === 0x24) {
        if (rest.length < 4 || rest.length < 4 + rest.readUInt16BE(2)) return
        rest = rest.subarray(4 + rest.readUInt16BE(2))
        onPacket()
        continue
      }
      const end = rest.indexOf('\r\n\r\n')
      if (end < 0) {
        if (rest.length > headBytesMax) onNonsense()
        return
      }
      const lines = rest.subarray(0, end).toString('latin1').split('\r\n')
      const [method, url, version] = (lines[0] ?? '').split(' ')
      if (!method || !url || version !== 'RTSP/1.0') {
        onNonsense()
        return
      }
      const headers = new Map<string, string>()
      for (const line of lines.slice(1)) {
        const colon = line.indexOf(':')
        if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim())
      }
      const length = Number(headers.get('content-length') ?? 0)
      if (!Number.isInteger(length) || length < 0 || length > bodyBytesMax) {
        onNonsense()
        return
      }
      if (rest.length < end + 4 + length) return
      rest = rest.subarray(end + 4 + length)
      onRequest({ method, url, headers })
    }
  }
}

const statusWords: Readonly<Record<number, string>> = {
  200: 'OK',
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  405: 'Method Not Allowed',
  454: 'Session Not Found',
  455: 'Method Not Valid in This State',
  461: 'Unsupported Transport',
  503: 'Service Unavailable',
}

export function formatResponse(
  status: number,
  sequence: string | undefined,
  headers: Readonly<Record<string, string>> = {},
  body = '',
): string {
  const lines = [`RTSP/1.0 ${status} ${statusWords[status] ?? ''}`]
  if (sequence !== undefined) lines.push(`CSeq: ${sequence}`)
  lines.push('Server: Overt simulated camera')
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`)
  if (body !== '') lines.push(`Content-Length: ${Buffer.byteLength(body)}`)
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}
