/**
 * One request, from row to reply: read what was sent, check it, call the handler, and turn its answer into a page,
 * a redirect, a file or JSON. Permission was checked before (see `server.ts`), so nothing is read for a stranger.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { Log, Reason } from '#base/base.ts'
import { readSent, type Sent } from './form-body.ts'
import type { ClauseWords } from './marks.ts'
import type { Answer, Ask, FieldError, Page, Person, Route, View } from './route.ts'
import { problem, refusedPage, type Trouble, troublePage, troubles } from './trouble.ts'

/** What the server gives each request: who asks, and how to show pages, flash words and cookies to them. */
export type Desk = {
  readonly mode: 'page' | 'api'
  readonly person: Person | null
  readonly session: string | null
  readonly nowMs: number
  view(refused?: View['refused']): View
  show(page: Page, view: View, status: number): Promise<void>
  flash(text: string): void
  keepSession(session: { readonly secret: string; readonly untilMs: number } | null): void
  /** Refuses a POST that did not come from our own page; null when it did. */
  forgery(csrf: string | null): Trouble | null
  /** Says to whoever counts them that these rules refused. */
  refused(reasons: readonly Pick<Reason, 'code' | 'clause'>[]): Promise<void>
  readonly log: Log
  readonly clauseWords: ClauseWords
}

const isReason = (item: Reason | FieldError): item is Reason => 'code' in item
const asFieldErrors = (refusal: readonly (Reason | FieldError)[]): readonly FieldError[] =>
  refusal.map((item) => (isReason(item) ? { field: null, message: item.message, clause: item.clause } : item))

/** The rule behind a line of a refusal; nothing for what was only typed wrongly. */
const ruleOf = (item: Reason | FieldError): Pick<Reason, 'code' | 'clause'>[] =>
  isReason(item) ? [item] : item.clause ? [{ code: item.field ?? 'form', clause: item.clause }] : []

export async function answer(
  row: Route,
  desk: Desk,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const sent = await readSent(request, row)
  if (row.method !== 'GET') {
    const forged = desk.forgery(sent.csrf)
    if (forged) return giveTrouble(forged, desk, request, reply)
  }
  const ask = (input: unknown, view: View): Ask<never> => ({
    person: desk.person,
    input: input as never,
    files: sent.files,
    nowMs: desk.nowMs,
    ip: request.ip,
    requestId: request.id,
    headers: request.headers,
    session: desk.session,
    view,
  })
  const parsed = parse(row, sent)
  if (!parsed.ok) {
    if (parsed.inPath) return giveTrouble('not-found', desk, request, reply)
    if (desk.mode === 'api') return giveProblem('invalid', request, reply, { errors: parsed.errors })
    const view = desk.view({ values: sent.values, errors: parsed.errors })
    const page = row.form
      ? await row.form(ask(sent.values, view))
      : refusedPage(parsed.errors, false, backOf(request), desk.clauseWords)
    return desk.show(page, view, 422)
  }
  const view = desk.view()
  const given = await row.handler(ask(parsed.value, view))
  if ('refusal' in given) await desk.refused(given.refusal.flatMap(ruleOf))
  return desk.mode === 'api'
    ? giveData(given, request, reply)
    : givePage(given, { row, desk, request, reply, view, sent, ask })
}

type Parsed =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly errors: readonly FieldError[]; readonly inPath: boolean }

function parse(row: Route, sent: Sent): Parsed {
  const result = row.input?.safeParse({ ...sent.values }, { error: plainWords })
  if (result && !result.success) {
    const params = [...row.path.matchAll(/:([A-Za-z0-9_]+)/g)].map((match) => match[1]!)
    const inPath = result.error.issues.some((issue) => params.includes(String(issue.path[0])))
    const seen = new Set<string>()
    const errors = result.error.issues
      .map((issue) => ({
        field: issue.path.length > 0 ? String(issue.path[0]) : null,
        message: issue.message,
      }))
      .filter((error) => {
        const first = !seen.has(`${error.field}`)
        seen.add(`${error.field}`)
        return first
      })
    return { ok: false, errors: [...errors, ...sent.errors], inPath }
  }
  if (sent.errors.length > 0) return { ok: false, errors: sent.errors, inPath: false }
  return { ok: true, value: result ? result.data : sent.values }
}

/** Where a schema has no words of its own. */
function plainWords(issue: z.core.$ZodRawIssue): string {
  if (issue.input === undefined || issue.input === '') return 'Fill this in'
  if (issue.code === 'invalid_value') return 'Choose one of the list'
  if (issue.code === 'too_big') return 'This is too long or too big'
  if (issue.code === 'too_small') return 'This is too short or too small'
  return 'This is not in the right form'
}

type Giving = {
  readonly row: Route
  readonly desk: Desk
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly view: View
  readonly sent: Sent
  readonly ask: (input: unknown, view: View) => Ask<never>
}

async function givePage(given: Answer, giving: Giving): Promise<void> {
  const { row, desk, request, reply } = giving
  if ('page' in given) return desk.show(given.page(), giving.view, given.status ?? 200)
  if ('location' in given) {
    if (given.session !== undefined) desk.keepSession(given.session)
    if (given.flash) desk.flash(given.flash)
    reply.redirect(ownAddress(given.location), 303)
    return
  }
  if ('redirect' in given) {
    reply.redirect(ownAddress(given.redirect), 302)
    return
  }
  if ('file' in given) return giveFile(given.file, reply)
  if ('notFound' in given) {
    return desk.show(troublePage('not-found', request.id, given.notFound), giving.view, 404)
  }
  const status = given.forbidden ? 403 : 422
  const view = desk.view({ values: giving.sent.values, errors: asFieldErrors(given.refusal) })
  if (given.again) return desk.show(await given.again(view), view, status)
  if (row.form) return desk.show(await row.form(giving.ask(giving.sent.values, view)), view, status)
  const page = refusedPage(given.refusal, given.forbidden ?? false, backOf(request), desk.clauseWords)
  return desk.show(page, desk.view(), status)
}

function giveData(given: Answer, request: FastifyRequest, reply: FastifyReply): void {
  if ('page' in given) reply.code(given.status ?? 200).send(given.data ?? null)
  else if ('location' in given) reply.code(given.created ? 201 : 200).send(given.data ?? null)
  else if ('redirect' in given) reply.redirect(ownAddress(given.redirect), 302)
  else if ('file' in given) giveFile(given.file, reply)
  else if ('notFound' in given) giveProblem('not-found', request, reply, { detail: given.notFound })
  else {
    const reasons = given.refusal.filter(isReason)
    const errors = given.refusal.filter((item): item is FieldError => !isReason(item))
    giveProblem(given.forbidden ? 'forbidden' : 'invalid', request, reply, {
      // The page may be opened; what was asked for is what the policy refuses.
      ...(given.forbidden
        ? { detail: 'It is not allowed, for the reasons given. Nothing was changed.' }
        : {}),
      ...(reasons.length > 0 ? { reasons } : {}),
      ...(errors.length > 0 ? { errors } : {}),
    })
  }
}

function giveFile(file: Extract<Answer, { file: unknown }>['file'], reply: FastifyReply): void {
  reply.code(file.status ?? 200).type(file.mime)
  for (const [name, value] of Object.entries(file.headers ?? {})) reply.header(name, value)
  if (file.filename) {
    const plain = file.filename.replace(/[^A-Za-z0-9 ._-]/g, '_')
    reply.header(
      'content-disposition',
      `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(file.filename.toWellFormed())}`,
    )
  }
  reply.send(file.body)
}

export function giveProblem(
  trouble: Trouble,
  request: FastifyRequest,
  reply: FastifyReply,
  more: Parameters<typeof problem>[2] = {},
): void {
  reply
    .code(troubles[trouble].status)
    .type('application/problem+json')
    .send(JSON.stringify(problem(trouble, request.id, more)))
}

async function giveTrouble(
  trouble: Trouble,
  desk: Desk,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  if (desk.mode === 'api') return giveProblem(trouble, request, reply)
  return desk.show(troublePage(trouble, request.id), desk.view(), troubles[trouble].status)
}

/**
 * A redirect never leaves this site: a path of ours, not "//elsewhere" nor "/\elsewhere" nor "/<tab>/elsewhere" (browsers
 * drop tabs). What a header can't hold is escaped, so that no name in an address ends in a failure.
 */
export function ownAddress(location: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (!/^\/(?![/\\])/.test(location) || /[\u0000-\u001f\u007f]/.test(location)) {
    throw new Error(`a redirect must be a path of this site, not ${JSON.stringify(location.slice(0, 80))}`)
  }
  return location.toWellFormed().replace(/[^\x21-\x7e]/gu, encodeURIComponent)
}

/** Where "Back" goes: the page the browser says it came from when it is ours, else home. */
function backOf(request: FastifyRequest): string {
  try {
    const from = new URL(String(request.headers.referer))
    return from.host === request.host ? ownAddress(from.pathname + from.search) : '/'
  } catch {
    return '/'
  }
}
