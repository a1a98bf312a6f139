/**
 * The other half of a camera: its ONVIF services over HTTP, as far as somebody may ask what it does besides filming. It
 * answers as the specification's WSDLs say (Device Management, Media, Analytics), checks the sign-in, and can misbehave.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import { type Clock, systemClock } from '../src/base/base.ts'
import { realm } from './sign-in.ts'

export type SimulatedFunction = {
  readonly kind: 'module' | 'rule'
  /** Its kind as a qualified name, like `tt:CellMotionDetector`. */
  readonly type: string
  readonly name: string
}

export type SimulatedDevice = {
  readonly port: number
  /** How often each operation was asked for, failed sign-ins included. */
  readonly asked: ReadonlyMap<string, number>
  set(functions: readonly SimulatedFunction[]): void
  close(): Promise<void>
}

export type DeviceSpec = {
  readonly functions?: readonly SimulatedFunction[]
  readonly username?: string
  readonly password?: string
  /** How it lets people in: WS-Security UsernameToken (default), or HTTP Digest. */
  readonly auth?: 'token' | 'digest'
  /** What its clock is ahead of the true time, ms; a sign-in more than 5 s off by its clock is refused. */
  readonly aheadMs?: number
  /** The time that it tells and expects. Default: the machine's. */
  readonly clock?: Clock
  /** `media2`: knows the newer media service only. `none`: no analytics at all. */
  readonly speaks?: 'media' | 'media2' | 'none'
  /** The host that it names for its services, as a camera behind an address translation does; they are here all the same. */
  readonly namesHost?: string
  /** Answers this instead of anything sensible. */
  readonly nonsense?: string
  readonly port?: number
  readonly host?: string
}

const schema = 'http://www.onvif.org/ver10/schema'
const services = {
  device: 'http://www.onvif.org/ver10/device/wsdl',
  media: 'http://www.onvif.org/ver10/media/wsdl',
  media2: 'http://www.onvif.org/ver20/media/wsdl',
  analytics: 'http://www.onvif.org/ver20/analytics/wsdl',
} as const

const attribute = (text: string) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)

const envelope = (body: string) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope" xmlns:tt="${schema}" xmlns:tds="${services.device}" xmlns:trt="${services.media}" xmlns:tr2="${services.media2}" xmlns:tan="${services.analytics}" xmlns:ter="http://www.onvif.org/ver10/error"><SOAP-ENV:Body>${body}</SOAP-ENV:Body></SOAP-ENV:Envelope>`

const fault = (code: string, words: string) =>
  envelope(
    `<SOAP-ENV:Fault><SOAP-ENV:Code><SOAP-ENV:Value>SOAP-ENV:Sender</SOAP-ENV:Value><SOAP-ENV:Subcode><SOAP-ENV:Value>ter:${code}</SOAP-ENV:Value></SOAP-ENV:Subcode></SOAP-ENV:Code><SOAP-ENV:Reason><SOAP-ENV:Text xml:lang="en">${words}</SOAP-ENV:Text></SOAP-ENV:Reason></SOAP-ENV:Fault>`,
  )

const configOf = (element: string, one: SimulatedFunction) =>
  `<${element} Name="${attribute(one.name)}" Type="${attribute(one.type)}"><tt:Parameters><tt:SimpleItem Name="Sensitivity" Value="50"/></tt:Parameters></${element}>`

async function readAll(incoming: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of incoming) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('utf8')
}

/** Starts one device; `port` 0 takes any free one. */
export async function startDevice(spec: DeviceSpec = {}): Promise<SimulatedDevice> {
  let functions = spec.functions ?? []
  const asked = new Map<string, number>()
  const clock = spec.clock ?? systemClock
  const nowMs = () => clock.nowMs() + (spec.aheadMs ?? 0)
  const nonce = createHash('sha256').update(String(Math.random())).digest('hex').slice(0, 24)
  const md5 = (text: string) => createHash('md5').update(text).digest('hex')

  function signedIn(incoming: IncomingMessage, text: string): boolean {
    if (spec.username === undefined) return true
    if (spec.auth === 'digest') {
      const given = new Map(
        [...(incoming.headers.authorization ?? '').matchAll(/(\w+)="([^"]*)"/g)].map((m) => [m[1]!, m[2]!]),
      )
      const right = md5(
        `${md5(`${spec.username}:${realm}:${spec.password ?? ''}`)}:${nonce}:${md5(`POST:${incoming.url}`)}`,
      )
      return given.get('username') === spec.username && given.get('response') === right
    }
    const read = (name: string) => new RegExp(`<\\w+:${name}(?:\\s[^>]*)?>([^<]*)<`).exec(text)?.[1] ?? ''
    const created = read('Created')
    if (Math.abs(Date.parse(created) - nowMs()) > 5_000 || Number.isNaN(Date.parse(created))) return false
    const right = createHash('sha1')
      .update(Buffer.from(read('Nonce'), 'base64'))
      .update(created)
      .update(spec.password ?? '')
      .digest()
    const given = Buffer.from(read('Password'), 'base64')
    return (
      read('Username') === spec.username && given.length === right.length && timingSafeEqual(given, right)
    )
  }

  function answer(operation: string): string | null {
    const host = spec.namesHost ?? `127.0.0.1:${port}`
    const analytic = spec.speaks !== 'none'
    const media = spec.speaks === 'media2' ? 'media2' : 'media'
    const modules = functions.filter((one) => one.kind === 'module')
    const rules = functions.filter((one) => one.kind === 'rule')
    if (operation === 'GetSystemDateAndTime') {
      const at = new Date(nowMs())
      return `<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>NTP</tt:DateTimeType><tt:DaylightSavings>false</tt:DaylightSavings><tt:UTCDateTime><tt:Time><tt:Hour>${at.getUTCHours()}</tt:Hour><tt:Minute>${at.getUTCMinutes()}</tt:Minute><tt:Second>${at.getUTCSeconds()}</tt:Second></tt:Time><tt:Date><tt:Year>${at.getUTCFullYear()}</tt:Year><tt:Month>${at.getUTCMonth() + 1}</tt:Month><tt:Day>${at.getUTCDate()}</tt:Day></tt:Date></tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>`
    }
    if (operation === 'GetServices') {
      const offered: (keyof typeof services)[] = [
        'device',
        media,
        ...(analytic ? ['analytics' as const] : []),
      ]
      return `<tds:GetServicesResponse>${offered
        .map(
          (name) =>
            `<tds:Service><tds:Namespace>${services[name]}</tds:Namespace><tds:XAddr>http://${host}/onvif/${name === 'device' ? 'device_service' : `${name}_service`}</tds:XAddr><tds:Version><tt:Major>2</tt:Major><tt:Minor>60</tt:Minor></tds:Version></tds:Service>`,
        )
        .join('')}</tds:GetServicesResponse>`
    }
    const [wanted, prefix] =
      media === 'media2' ? ['GetAnalyticsConfigurations', 'tr2'] : ['GetVideoAnalyticsConfigurations', 'trt']
    if (operation === wanted && analytic)
      return `<${prefix}:${wanted}Response><${prefix}:Configurations token="VideoAnalytics_1"><tt:Name>VideoAnalytics_1</tt:Name><tt:UseCount>1</tt:UseCount><tt:AnalyticsEngineConfiguration>${
        // The newer service leaves the lists to the analytics service.
        media === 'media2' ? '' : modules.map((one) => configOf('tt:AnalyticsModule', one)).join('')
      }</tt:AnalyticsEngineConfiguration><tt:RuleEngineConfiguration>${
        media === 'media2' ? '' : rules.map((one) => configOf('tt:Rule', one)).join('')
      }</tt:RuleEngineConfiguration></${prefix}:Configurations></${prefix}:${wanted}Response>`
    if (operation === 'GetAnalyticsModules' && analytic)
      return `<tan:GetAnalyticsModulesResponse>${modules.map((one) => configOf('tan:AnalyticsModule', one)).join('')}</tan:GetAnalyticsModulesResponse>`
    if (operation === 'GetRules' && analytic)
      return `<tan:GetRulesResponse>${rules.map((one) => configOf('tan:Rule', one)).join('')}</tan:GetRulesResponse>`
    return null
  }

  const server = createServer((incoming, outgoing) => {
    void readAll(incoming).then((text) => {
      const say = (status: number, body: string, headers: Record<string, string> = {}) =>
        outgoing
          .writeHead(status, { 'content-type': 'application/soap+xml; charset=utf-8', ...headers })
          .end(body)
      if (spec.nonsense !== undefined) return say(200, spec.nonsense)
      const operation = /<(?:\w+:)?Body>\s*<(?:\w+:)?(\w+)/.exec(text)?.[1] ?? ''
      asked.set(operation, (asked.get(operation) ?? 0) + 1)
      if (operation !== 'GetSystemDateAndTime' && !signedIn(incoming, text))
        return spec.auth === 'digest'
          ? say(401, '', { 'www-authenticate': `Digest realm="${realm}", nonce="${nonce}"` })
          : say(400, fault('NotAuthorized', 'Sender not authorized'))
      const body = answer(operation)
      return body === null
        ? say(400, fault('ActionNotSupported', 'Optional action not implemented'))
        : say(200, envelope(body))
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(spec.port ?? 0, spec.host ?? '127.0.0.1', resolve)
  })
  const { port } = server.address() as { port: number }
  return {
    port,
    asked,
    set(list) {
      functions = list
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
