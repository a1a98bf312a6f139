/** Where a request comes from: whose word about that is taken, and what counts as one caller. */
import { BlockList, isIP } from 'node:net'

/** Loopback and private networks (RFC 1918, RFC 4193): where a proxy of the landlord's own stands. */
const near = new BlockList()
near.addSubnet('127.0.0.0', 8)
near.addSubnet('10.0.0.0', 8)
near.addSubnet('172.16.0.0', 12)
near.addSubnet('192.168.0.0', 16)
near.addAddress('::1', 'ipv6')
near.addSubnet('fc00::', 7, 'ipv6')

/** An IPv4 address in IPv6 clothes is what it is. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '')

/**
 * Is this sender's word on the caller before it taken (`X-Forwarded-For`)? Only of the one who holds the connection, and
 * only from near by: what stands further left in the header was written by somebody whom nobody has checked, also when
 * they sit in the same private network.
 * @param hop 0 for the holder of the connection, then leftwards through the header
 */
export function isOurProxy(address: string, hop: number): boolean {
  const from = plain(address)
  const version = isIP(from)
  return hop === 0 && version !== 0 && near.check(from, version === 4 ? 'ipv4' : 'ipv6')
}

/** For limits: an IPv4 address, or the /64 of an IPv6 one, which is one household's or office's to fill as it likes. */
export function callerOf(address: string): string {
  const from = plain(address)
  if (isIP(from) !== 6) return from
  const [head = '', tail = ''] = from.split('%')[0]!.toLowerCase().split('::')
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'))
  const [left, right] = [groups(head), groups(tail)]
  const filled = from.includes('::') ? Math.max(0, 8 - left.length - right.length) : 0
  const all = [...left, ...Array<string>(filled).fill('0'), ...right]
  return `${all
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`
}
