import { ok, type Result, refuse } from '#base/base.ts'

export type StreamAddress = {
  /** `rtsp://host[:port]/path[?query]`, without user name and password. */
  readonly url: string
  readonly username: string | null
  readonly password: string | null
}

export const addressLengthMax = 500
export const credentialLengthMax = 200

/**
 * Reads an RTSP address (RFC 7826 §4.2) as people paste it. A user name and password inside it are taken out, so that
 * what is shown again never holds them. Which networks may be reached is the recorder's to decide: it dials.
 */
export function parseStreamAddress(text: string): Result<StreamAddress> {
  const typed = text.trim()
  if (typed === '') return no('Type the address of the stream, for example rtsp://192.0.2.10:554/stream1.')
  if (typed.length > addressLengthMax)
    return no(
      `The address is longer than ${addressLengthMax} characters. Check that only the address was pasted.`,
    )
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a line break in an address would forge an RTSP request
  if (/[\s\u0000-\u001f\u007f]/.test(typed))
    return no('The address has a space or line break in it. Take it out.')
  if (!/^rtsp:\/\//i.test(typed))
    return no('The address must begin with rtsp://. Overt reads cameras over RTSP and nothing else.')
  let url: URL
  try {
    url = new URL(typed)
  } catch {
    return no('This is not an address. Write it like rtsp://192.0.2.10:554/stream1.')
  }
  const host = url.hostname
  if (!/^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})|\[[0-9A-Fa-f:.]+\])$/.test(host))
    return no(
      'The part after rtsp:// must be the camera’s name or number on the network, such as 192.0.2.10.',
    )
  if (url.port !== '' && Number(url.port) === 0) return no('The port can’t be 0. RTSP mostly uses 554.')
  if (url.hash !== '') return no('Leave out the part from # on: a camera never sees it.')
  let username: string | null = null
  let password: string | null = null
  try {
    if (url.username !== '') username = decodeURIComponent(url.username)
    if (url.password !== '') password = decodeURIComponent(url.password)
  } catch {
    return no('The user name or password in the address can’t be read. Type them in their own boxes.')
  }
  if ((username?.length ?? 0) > credentialLengthMax || (password?.length ?? 0) > credentialLengthMax)
    return no(`A user name or password has at most ${credentialLengthMax} characters.`)
  const port = url.port === '' ? '' : `:${url.port}`
  return ok({ url: `rtsp://${host}${port}${url.pathname}${url.search}`, username, password })
}

/**
 * Do two stream addresses lead to one device? A password is given to the device that it was typed for and to no other:
 * whoever may type addresses could else have it sent to a device of their own.
 */
export function sameDevice(one: string, other: string): boolean {
  const device = (address: string): string => {
    const { hostname, port } = new URL(address)
    return `${hostname.toLowerCase()}:${port || '554'}`
  }
  return device(one) === device(other)
}

const no = (message: string) => refuse({ code: 'stream-address', message, clause: null })
