/**
 * One SOAP 1.2 call to a camera's own services (ONVIF Core specification, section 5), over HTTP to an address that was
 * allowed and pinned. The camera says under which path each of its services is; a host that it names is never followed.
 */
import { createHash, randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { DOMParser, type Document, type Element } from '@xmldom/xmldom'
import type { DeviceCode } from '#formats/link/link.ts'
import { Authenticator, type Credentials, parseChallenges } from '../rtsp/authentication.ts'

/** Why a camera doesn't say what it does; `detail` is a short code for logs, without addresses. */
export class DeviceTrouble extends Error {
  readonly code: Exclude<DeviceCode, 'ok'>
  readonly detail: string
  constructor(code: Exclude<DeviceCode, 'ok'>, detail: string, cause?: unknown) {
    super(`${code}: ${detail}`, cause === undefined ? undefined : { cause })
    this.name = 'DeviceTrouble'
    this.code = code
    this.detail = detail.slice(0, 60)
  }
}

export type Device = {
  /** The address that the name was resolved to and that may be reached. */
  readonly ip: string
  readonly port: number
  /** For the `Host` line. */
  readonly host: string
  readonly credentials: Credentials | null
}

const answerBytesMax = 512 * 1024
const callMsMax = 4_000

const namespaces = {
  envelope: 'http://www.w3.org/2003/05/soap-envelope',
  security: 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd',
  utility: 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd',
  digest: 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest',
} as const

/**
 * Calls one operation and gives the answer's body.
 * @param body of the call, XML of our own making: nothing typed by a person goes into it
 * @param camera.clockMs the camera's own time now: a sign-in carries its time and is refused when it is far off; null: ask
 * without signing in, as for the camera's time itself
 * @throws DeviceTrouble
 */
export async function call(
  device: Device,
  path: string,
  body: string,
  clockMs: number | null,
): Promise<Element> {
  const token =
    clockMs === null || device.credentials === null ? '' : usernameToken(device.credentials, clockMs)
  const text = `<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="${namespaces.envelope}"><s:Header>${token}</s:Header><s:Body>${body}</s:Body></s:Envelope>`
  let answer = await post(device, path, text, null)
  // A camera may ask by HTTP instead (ONVIF Core 5.9.1): answered once, with the same credentials.
  if (answer.status === 401 && device.credentials !== null && clockMs !== null) {
    const challenge = parseChallenges(answer.challenges).find((one) => one.scheme === 'digest')
    if (challenge === undefined) throw new DeviceTrouble('wrong-password', 'http-401')
    const authorization = new Authenticator(device.credentials, challenge).header('POST', path)
    answer = await post(device, path, text, authorization)
  }
  if (answer.status === 401)
    throw new DeviceTrouble(device.credentials === null ? 'needs-password' : 'wrong-password', 'http-401')
  const inside = childOf(readXml(answer.text).documentElement, namespaces.envelope, 'Body')
  const content = inside === null ? undefined : elements(inside)[0]
  if (content === undefined) throw new DeviceTrouble('not-onvif', 'no-body')
  if (content.localName === 'Fault') throw faultOf(device, content)
  if (answer.status !== 200) throw new DeviceTrouble('not-onvif', `http-${answer.status}`)
  return content
}

function faultOf(device: Device, fault: Element): DeviceTrouble {
  const words = fault.textContent ?? ''
  if (/NotAuthorized|FailedAuthentication|InvalidSecurity/i.test(words))
    return new DeviceTrouble(device.credentials === null ? 'needs-password' : 'wrong-password', 'fault')
  return new DeviceTrouble('not-onvif', 'fault')
}

/** WS-Security UsernameToken: base64(SHA-1(nonce ‖ created ‖ password)), the only form that every camera takes. */
function usernameToken({ username, password }: Credentials, clockMs: number): string {
  const nonce = randomBytes(16)
  const created = new Date(clockMs).toISOString()
  const digest = createHash('sha1').update(nonce).update(created).update(password, 'utf8').digest('base64')
  return `<w:Security xmlns:w="${namespaces.security}" xmlns:u="${namespaces.utility}" s:mustUnderstand="1"><w:UsernameToken><w:Username>${asText(username)}</w:Username><w:Password Type="${namespaces.digest}">${digest}</w:Password><w:Nonce>${nonce.toString('base64')}</w:Nonce><u:Created>${created}</u:Created></w:UsernameToken></w:Security>`
}

const asText = (text: string): string =>
  text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`).replace(/[^\t\n\r\x20-\u{10ffff}]/gu, '')

type Answer = { readonly status: number; readonly text: string; readonly challenges: readonly string[] }

function post(device: Device, path: string, text: string, authorization: string | null): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: device.ip,
        port: device.port,
        path,
        method: 'POST',
        agent: false,
        signal: AbortSignal.timeout(callMsMax),
        headers: {
          host: `${device.host.includes(':') ? `[${device.host}]` : device.host}:${device.port}`,
          'content-type': 'application/soap+xml; charset=utf-8',
          'content-length': Buffer.byteLength(text),
          ...(authorization === null ? {} : { authorization }),
        },
      },
      (incoming) => {
        const parts: Buffer[] = []
        let bytes = 0
        incoming.on('data', (part: Buffer) => {
          bytes += part.length
          if (bytes > answerBytesMax) outgoing.destroy(new DeviceTrouble('not-onvif', 'too-long'))
          else parts.push(part)
        })
        incoming.on('error', failed)
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            text: Buffer.concat(parts).toString('utf8'),
            challenges: incoming.headersDistinct['www-authenticate'] ?? [],
          }),
        )
      },
    )
    const failed = (error: NodeJS.ErrnoException): void => {
      if (error instanceof DeviceTrouble) reject(error)
      else if (error.code === 'ECONNREFUSED') reject(new DeviceTrouble('refused', 'refused', error))
      else if (/^HPE_|ECONNRESET|EPIPE/.test(error.code ?? ''))
        reject(new DeviceTrouble('not-onvif', 'not-http', error))
      else reject(new DeviceTrouble('no-answer', error.code ?? error.name, error))
    }
    outgoing.on('error', failed)
    outgoing.end(text)
  })
}

/** @throws DeviceTrouble('not-onvif') for what is no XML; a document type is refused, so that no entity ever grows */
function readXml(text: string): Document & { readonly documentElement: Element } {
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) throw new DeviceTrouble('not-onvif', 'doctype')
  try {
    const document = new DOMParser({
      onError: (level, message) => {
        if (level !== 'warning') throw new Error(message.slice(0, 100))
      },
    }).parseFromString(text, 'text/xml')
    if (document.documentElement === null) throw new Error('empty')
    return document as Document & { readonly documentElement: Element }
  } catch (error) {
    throw new DeviceTrouble('not-onvif', 'not-xml', error)
  }
}

export const elements = (of: Element): Element[] =>
  Array.from(of.childNodes).filter((node): node is Element => node.nodeType === 1)

const childOf = (of: Element, namespace: string, name: string): Element | null =>
  elements(of).find((one) => one.localName === name && one.namespaceURI === namespace) ?? null

/** All elements of this name below, whatever their namespace: cameras disagree on it between versions. */
export const below = (of: Element, name: string): Element[] =>
  elements(of).flatMap((one) => (one.localName === name ? [one] : below(one, name)))
