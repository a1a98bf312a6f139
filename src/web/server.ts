/**
 * The web server: rows in, a Fastify instance out. What each request passes, in this order: rate limit, who is asking,
 * permission, body within its limit, origin and CSRF for a browser's POST, input, handler, answer. Every gate denies
 * unless it says yes.
 */
import cookie from '@fastify/cookie'
import csrf from '@fastify/csrf-protection'
import formbody from '@fastify/formbody'
import helmet from '@fastify/helmet'
import multipart from '@fastify/multipart'
import rateLimit from '@fastify/rate-limit'
import websocket from '@fastify/websocket'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { type Clock, type Decision, Failure, type Log, type Reason, story } from '#base/base.ts'
import { answer, type Desk, giveProblem } from './answering.ts'
import { type Assets, loadAssets } from './assets.ts'
import { callerOf, isOurProxy } from './caller.ts'
import { warmComponents } from './components.ts'
import { csrfHolds, fromOurselves, headerToken, sessionMark, tokenOf } from './forgery.ts'
import { type Health, healthRow } from './health.ts'
import { type Html, html } from './html.ts'
import { layout, type NavItem } from './layout.ts'
import type { ClauseWords } from './marks.ts'
import { openApi } from './openapi.ts'
import { newReference } from './reference.ts'
import type { Page, Person, Route, View, WebSocketEndpoint } from './route.ts'
import { checkRows } from './rows.ts'
import { serveSocket, webSocketBytesMax } from './sockets.ts'
import { notAllowedPage, type Trouble, troublePage, troubles } from './trouble.ts'

/** What a request brought to say who is asking. */
export type Credentials = {
  /** The secret of the session cookie (pages, and API calls of our own islands). */
  readonly session: string | null
  /** The bearer token (API only). When present the session is not looked at. */
  readonly bearer: string | null
}

/** Who was refused, and each rule that said no; for a form's error `code` is the field's name. */
export type Refusal = {
  readonly person: Person | null
  readonly reasons: readonly Pick<Reason, 'code' | 'clause'>[]
}

export type WebOptions = {
  readonly routes: readonly Route[]
  readonly webSockets?: readonly WebSocketEndpoint[]
  /** Who is asking, or null. Called once per request. */
  authenticate(credentials: Credentials): Promise<Person | null>
  /** May this person do this at all? What depends on the thing itself is asked again by its room. */
  permits(person: Person, permission: string): Decision | Promise<Decision>
  /**
   * Told of each refusal by a rule before it is shown: whom, and every rule that said no. For counting; what it throws
   * is logged, and the refusal is shown all the same.
   */
  refused?(told: Refusal): Promise<void>
  /** For `GET /health`: does the database answer, and is the recorder's last word recent? */
  healthy(): Promise<Health>
  readonly nav: readonly NavItem[]
  /** Sentences for the top of every page, until their cause is gone. */
  notices?(person: Person | null): readonly Html[]
  /** Every action that exists, and every ledger kind: rows that name another are refused at start. */
  readonly permissions?: readonly string[]
  readonly ledgerKinds?: readonly string[]
  /** A rule's words and address by its id, for refusals: `derby-4.2.1-h` → Derby Homes 4.2.1. */
  readonly clauseWords?: ClauseWords
  readonly clock: Clock
  readonly log: Log
  /** The address people use, when a proxy stands before us. With https, cookies are Secure and HSTS is sent. */
  readonly publicUrl: string | null
  /** The one place outside from which pages may show pictures (map tiles); absent: none. */
  readonly pictureSource?: string | null
  /** 32 bytes or more; the same after a restart, or open forms grow too old. */
  readonly csrfSecret: string
}

const bodyBytesMax = 256 * 1024
const requestsPerMinute = 600

type Mode = 'page' | 'api' | 'machine'
type Known = { person: Person | null; session: string | null; mode: Mode; bearer: boolean }
const knownOf = new WeakMap<FastifyRequest, Known>()

export async function createWeb(options: WebOptions): Promise<FastifyInstance> {
  const rows = [...options.routes, healthRow(options.healthy)]
  const sockets = options.webSockets ?? []
  const clauseWords = options.clauseWords ?? (() => null)
  checkRows(rows, sockets, {
    permissions: options.permissions ?? null,
    ledgerKinds: options.ledgerKinds ?? null,
  })
  const assets = await loadAssets(options.log)
  const secure = options.publicUrl?.startsWith('https:') ?? false
  const prefix = secure ? '__Host-' : ''
  const sessionCookie = `${prefix}overt_session`
  const flashCookie = `${prefix}overt_flash`
  const cookieOptions = { path: '/', httpOnly: true, sameSite: 'lax', secure } as const

  const app = Fastify({
    logger: false,
    bodyLimit: bodyBytesMax,
    genReqId: newReference,
    // With a public address a proxy stands before us on this machine or network; its word on the caller is taken then.
    trustProxy: options.publicUrl !== null ? isOurProxy : false,
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: false, maxParamLength: 200 },
    requestTimeout: 120_000,
    // An address that is no address at all: answered in our own words too, before any route is known.
    frameworkErrors: (error, request, reply) => void giveProblem(troubleOf(error), request, reply),
    forceCloseConnections: true,
  })
  await app.register(cookie, { secret: options.csrfSecret })
  await app.register(helmet, helmetOptions(secure, options.pictureSource ?? null))
  await app.register(rateLimit, {
    global: false,
    cache: 20_000,
    keyGenerator: (request: FastifyRequest) => callerOf(request.ip),
  })
  await app.register(formbody, { bodyLimit: bodyBytesMax })
  // A file too large is an error beside its field, not the end of the form: see form-body.ts.
  await app.register(multipart, { throwFileSizeLimit: false })
  await app.register(csrf, {
    sessionPlugin: '@fastify/cookie',
    cookieKey: `${prefix}overt_form`,
    cookieOpts: { ...cookieOptions, sameSite: 'strict' },
    csrfOpts: { hmacKey: options.csrfSecret, validity: 12 * 60 * 60 * 1000 },
    // The token is tied to the session it was made in, so it ends with it.
    getUserInfo: (request: FastifyRequest) => sessionMark(request.cookies[sessionCookie]),
    getToken: (request: FastifyRequest) => tokenOf.get(request) ?? '',
  })
  if (sockets.length > 0) await app.register(websocket, { options: { maxPayload: webSocketBytesMax } })

  async function know(request: FastifyRequest, mode: Mode): Promise<Known> {
    const header = request.headers.authorization
    const bearer =
      mode !== 'page' && header ? (/^Bearer ([A-Za-z0-9_.~+/=-]{1,500})$/i.exec(header)?.[1] ?? '') : null
    const session = bearer === null && mode !== 'machine' ? (request.cookies[sessionCookie] ?? null) : null
    const person =
      bearer === null && session === null ? null : await options.authenticate({ session, bearer })
    const known = { person, session, mode, bearer: bearer !== null }
    knownOf.set(request, known)
    return known
  }

  async function mayOpen(person: Person | null, permission: string): Promise<Decision> {
    if (permission === 'public') return { allowed: true, reasons: [] }
    if (!person) return { allowed: false, reasons: [] }
    if (permission === 'signed-in') return { allowed: true, reasons: [] }
    return options.permits(person, permission)
  }

  async function tell(person: Person | null, reasons: Refusal['reasons'], reference: string): Promise<void> {
    if (options.refused === undefined || reasons.length === 0) return
    await options.refused({ person, reasons }).catch((error: unknown) => {
      options.log.warn({ reference, why: story(error) }, 'a refusal could not be counted')
    })
  }

  function deskFor(request: FastifyRequest, reply: FastifyReply): Desk {
    const known = knownOf.get(request) ?? { person: null, session: null, mode: 'page', bearer: false }
    const path = request.url.split('?')[0]!
    let flash: string | null | undefined
    const takeFlash = (): string | null => {
      if (flash !== undefined) return flash
      const raw = request.cookies[flashCookie]
      const unsigned = raw ? request.unsignCookie(raw) : null
      flash = unsigned?.valid ? Buffer.from(unsigned.value, 'base64url').toString('utf8') : null
      if (raw) reply.clearCookie(flashCookie, cookieOptions)
      return flash
    }
    // Once per request: without a cookie yet, each call would make another secret and spoil the forms before it.
    let token: string | undefined
    const view = (refused: View['refused'] = null): View => ({
      get csrfField() {
        token ??= reply.generateCsrf({ userInfo: sessionMark(request.cookies[sessionCookie]) })
        return html`<input type="hidden" name="_csrf" value="${token}">`
      },
      nonce: reply.cspNonce.script,
      person: known.person,
      path,
      refused,
      get flash() {
        return takeFlash()
      },
    })
    return {
      mode: known.mode === 'page' ? 'page' : 'api',
      person: known.person,
      session: known.session,
      nowMs: options.clock.nowMs(),
      log: options.log,
      clauseWords,
      view,
      refused: (reasons) => tell(known.person, reasons, request.id),
      async show(page: Page, shown: View, status: number) {
        const nav: NavItem[] = []
        if (known.person) {
          for (const item of options.nav) {
            if ((await mayOpen(known.person, item.permission)).allowed) nav.push(item)
          }
        }
        const notices = options.notices?.(known.person) ?? []
        const body = layout({ page, view: shown, nav, notices, assets, clauseWords })
        reply.code(status).type('text/html; charset=utf-8').send(body.text)
      },
      flash(text) {
        reply.setCookie(flashCookie, Buffer.from(text.slice(0, 600)).toString('base64url'), {
          ...cookieOptions,
          signed: true,
          maxAge: 60,
        })
      },
      keepSession(session) {
        if (session === null) reply.clearCookie(sessionCookie, cookieOptions)
        else {
          reply.setCookie(sessionCookie, session.secret, {
            ...cookieOptions,
            expires: new Date(session.untilMs),
          })
        }
      },
      forgery(token) {
        if (known.bearer || known.mode === 'machine') return null
        if (!fromOurselves(request, options.publicUrl)) return 'wrong-origin'
        return csrfHolds(app, request, reply, token ?? headerToken(request)) ? null : 'form-expired'
      },
    }
  }

  async function giveTrouble(trouble: Trouble, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const desk = deskFor(request, reply)
    const api = desk.mode === 'api' || request.url.startsWith('/api/')
    if (api || request.url.startsWith('/assets/')) return giveProblem(trouble, request, reply)
    return desk.show(troublePage(trouble, request.id), desk.view(), troubles[trouble].status)
  }

  /** Before the body is read: a stranger's upload is never taken in. */
  function gate(row: Route, mode: Mode) {
    return async (request: FastifyRequest, reply: FastifyReply) => {
      const known = await know(request, mode)
      const decision = await mayOpen(known.person, row.permission)
      if (decision.allowed && !(known.bearer && !known.person)) return
      if (!known.person) {
        if (mode !== 'page') {
          reply.header('www-authenticate', 'Bearer realm="Overt"')
          giveProblem('unauthenticated', request, reply)
          return reply
        }
        const next = row.method === 'GET' ? `?next=${encodeURIComponent(request.url.slice(0, 500))}` : ''
        return reply.redirect(`/sign-in${next}`, 302)
      }
      options.log.info(
        { reference: request.id, permission: row.permission, person: known.person.id },
        'not allowed',
      )
      await tell(known.person, decision.reasons, request.id)
      if (mode !== 'page') giveProblem('forbidden', request, reply, { reasons: decision.reasons })
      else {
        const desk = deskFor(request, reply)
        await desk.show(notAllowedPage(decision, known.person, clauseWords), desk.view(), 403)
      }
      return reply
    }
  }

  function serve(row: Route, mode: Mode) {
    app.route({
      method: row.method,
      url: mode === 'api' ? `/api/v1${row.path}` : row.path,
      bodyLimit: row.uploads ? row.uploads.files * row.uploads.bytesMax + bodyBytesMax : bodyBytesMax,
      config: { rateLimit: { max: row.rateMax ?? requestsPerMinute, timeWindow: 60_000 } },
      onRequest: gate(row, mode),
      async handler(request, reply) {
        await answer(row, deskFor(request, reply), request, reply)
        return reply
      },
    })
  }
  for (const row of rows) {
    if (row.machine) serve(row, 'machine')
    else if (!row.apiOnly) serve(row, 'page')
    if (row.api) serve(row, 'api')
  }
  for (const socket of sockets) {
    serveSocket(app, socket, {
      know: (request) => know(request, 'page'),
      mayOpen,
      publicUrl: options.publicUrl,
      log: options.log,
    })
  }

  serveAssets(app, assets)
  app.addHook('onListen', async () => warmComponents())
  const document = JSON.stringify(openApi(rows, options.publicUrl))
  app.get('/api/v1/openapi.json', (_request, reply) => reply.type('application/json').send(document))

  app.addHook('onSend', async (_request, reply) => {
    // Pages hold what only this person may see: no shared or stored copies.
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
  })
  app.addHook('onResponse', async (request, reply) => {
    options.log.debug(
      {
        reference: request.id,
        method: request.method,
        route: request.routeOptions.url ?? 'none',
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      },
      'answered',
    )
  })
  app.setNotFoundHandler(async (request, reply) => {
    if (request.headers.cookie && !request.url.startsWith('/api/')) await know(request, 'page')
    await giveTrouble('not-found', request, reply)
    return reply
  })
  app.setErrorHandler(async (error, request, reply) => {
    const trouble = troubleOf(error)
    const status = troubles[trouble].status
    const level = status >= 500 ? 'error' : 'info'
    options.log[level](
      {
        reference: request.id,
        route: request.routeOptions.url ?? 'none',
        trouble,
        story: story(error),
        ...(trouble === 'bug' && error instanceof Error ? { stack: error.stack } : {}),
      },
      'a request failed',
    )
    await giveTrouble(trouble, request, reply)
    return reply
  })
  return app
}

/** Our own failures by kind, Fastify's by code, everything else is a bug of ours. */
function troubleOf(error: unknown): Trouble {
  if (error instanceof Failure) return error.kind
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown }
  if (typeof code === 'string' && code.startsWith('FST_')) {
    if (statusCode === 413) return 'too-large'
    if (statusCode === 415 || statusCode === 406) return 'unsupported'
  }
  if (statusCode === 429) return 'too-many'
  if (statusCode === 413) return 'too-large'
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) return 'bad-request'
  return 'bug'
}

function serveAssets(app: FastifyInstance, assets: Assets): void {
  app.get<{ Params: { name: string } }>('/assets/:name', (request, reply) => {
    const asset = assets.get(request.params.name)
    if (!asset) {
      giveProblem('not-found', request, reply)
      return reply
    }
    reply
      .type(asset.mime)
      .header('cache-control', 'public, max-age=31536000, immutable')
      .header('vary', 'accept-encoding')
    if (asset.brotli && /\bbr\b/.test(String(request.headers['accept-encoding']))) {
      return reply.header('content-encoding', 'br').send(asset.brotli)
    }
    return reply.send(asset.bytes)
  })
}

const helmetOptions = (secure: boolean, pictureSource: string | null) => ({
  enableCSPNonces: true,
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: [
        "'self'",
        'data:',
        'blob:',
        ...(pictureSource === null ? [] : [new URL(pictureSource).origin]),
      ],
      fontSrc: ["'self'"],
      mediaSrc: ["'self'", 'blob:'],
      connectSrc: ["'self'"],
      workerSrc: ["'self'", 'blob:'],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
      ...(secure ? { upgradeInsecureRequests: [] } : {}),
    },
  },
  strictTransportSecurity: secure ? { maxAge: 31_536_000 } : (false as const),
  crossOriginOpenerPolicy: secure ? { policy: 'same-origin' as const } : (false as const),
  originAgentCluster: secure,
  // "same-origin" and not "no-referrer": a browser sends `Origin: null` with a POST under the latter.
  referrerPolicy: { policy: 'same-origin' as const },
  xFrameOptions: { action: 'deny' as const },
})
