import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { Failure } from '#base/base.ts'
import type { Credentials } from './authentication.ts'
import { RtspTrouble } from './trouble.ts'

/**
 * Where a recorder may connect. An RTSP address typed on a page is a port scanner in an officer's hands, so only
 * networks named at the recorder's own start are reached, checked on the resolved address, to which the connection
 * is then pinned: a name that answers differently the second time changes nothing.
 */
export type AllowedNetworks = { allows(address: string): boolean; readonly list: readonly string[] }

/** `10.0.0.0/8`, `fd00::/8` or a single address. Throws Failure('invalid') on anything else. An empty list allows nothing. */
export function allowNetworks(list: readonly string[]): AllowedNetworks {
  const allowed = new BlockList()
  for (const item of list) {
    const [address = '', prefix] = item.trim().split('/')
    const version = isIP(address)
    const bits = prefix === undefined ? (version === 4 ? 32 : 128) : Number(prefix)
    if (version === 0 || !/^\d{1,3}$/.test(prefix ?? '0') || bits > (version === 4 ? 32 : 128)) {
      throw new Failure('invalid', `"${item}" is not a network. Write it like 192.168.1.0/24.`)
    }
    allowed.addSubnet(address, bits, version === 4 ? 'ipv4' : 'ipv6')
  }
  return {
    list: [...list],
    allows(address) {
      // An IPv4 address in IPv6 clothes is judged as what it is.
      const plain = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address
      const version = isIP(plain)
      return version !== 0 && allowed.check(plain, version === 4 ? 'ipv4' : 'ipv6')
    },
  }
}

export type CameraAddress = {
  /** The address without user name and password, as it goes into requests. */
  readonly url: string
  readonly host: string
  readonly port: number
  /** From the address itself, where somebody wrote them there. */
  readonly credentials: Credentials | null
}

const urlLengthMax = 2000

/** Throws RtspTrouble 'not-a-camera' when it is no `rtsp://` address. */
export function parseCameraAddress(text: string): CameraAddress {
  const match =
    /^rtsp:\/\/(?:([^@/?#]*)@)?(\[[0-9a-f:.]+\]|[^:/?#@\s[\]]+)(?::(\d{1,5}))?([/?][^\s#]*)?$/i.exec(
      text.length > urlLengthMax ? '' : text.trim(),
    )
  const port = Number(match?.[3] ?? 554)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters would end a header line early
  if (!match || port < 1 || port > 65_535 || /[\x00-\x20\x7f]/.test(text.trim())) {
    throw new RtspTrouble('not-a-camera', 'address-unreadable')
  }
  const [, userinfo, hostText, portText, path] = match
  return {
    url: `rtsp://${hostText}${portText === undefined ? '' : `:${portText}`}${path ?? '/'}`,
    host: hostText!.replace(/^\[|\]$/g, ''),
    port,
    credentials: userinfo === undefined ? null : readUserinfo(userinfo),
  }
}

function readUserinfo(text: string): Credentials {
  const colon = text.indexOf(':')
  const decode = (part: string) => {
    try {
      return decodeURIComponent(part)
    } catch {
      return part // a bare % in a password: take it as it stands
    }
  }
  if (colon === -1) return { username: decode(text), password: '' }
  return { username: decode(text.slice(0, colon)), password: decode(text.slice(colon + 1)) }
}

/** The one IP address to connect to; 'not-allowed' when none of the host's addresses may be reached. */
export async function resolveAllowed(address: CameraAddress, networks: AllowedNetworks): Promise<string> {
  let found: readonly string[]
  if (isIP(address.host) !== 0) found = [address.host]
  else {
    try {
      found = (await lookup(address.host, { all: true, order: 'ipv4first' })).map((entry) => entry.address)
    } catch (error) {
      throw new RtspTrouble('no-answer', 'name-unknown', error)
    }
  }
  const allowed = found.find((candidate) => networks.allows(candidate))
  if (allowed === undefined) throw new RtspTrouble('not-allowed', 'network')
  return allowed
}
