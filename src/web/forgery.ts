/**
 * Does a request come from a page of ours? Two questions: whose page sent it (`Origin`, `Sec-Fetch-Site`), and does it
 * carry the token of a form we made for this session (CSRF).
 */
import { createHash } from 'node:crypto'
import type {} from '@fastify/csrf-protection'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** What a form's token is tied to: it ends with the session. */
export const sessionMark = (secret: string | undefined): string =>
  secret === undefined ? 'nobody' : createHash('sha256').update(secret).digest('base64url')

export const tokenOf = new WeakMap<FastifyRequest, string>()
/** How an island sends the token. */
export const headerToken = (request: FastifyRequest): string => String(request.headers['x-csrf-token'] ?? '')

/** The plugin answers by itself on failure; we want to answer in our own words, so it gets a reply that only listens. */
export function csrfHolds(
  app: FastifyInstance,
  request: FastifyRequest,
  reply: FastifyReply,
  token: string,
): boolean {
  tokenOf.set(request, token)
  let held = false
  const listener = Object.create(reply) as FastifyReply
  listener.send = () => listener
  const quiet = Object.create(request) as FastifyRequest
  tokenOf.set(quiet, token)
  app.csrfProtection(quiet, listener, () => {
    held = true
  })
  return held
}

/**
 * Did this request come from a page of ours? Browsers say so by `Origin` (always on a POST and on a WebSocket) and
 * `Sec-Fetch-Site`. A program that sends neither has no cookies to abuse, so it passes here and meets the CSRF check.
 */
export function fromOurselves(
  request: FastifyRequest,
  publicUrl: string | null,
  originNeeded = false,
): boolean {
  const site = request.headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false
  const origin = request.headers.origin
  if (origin === undefined) return !originNeeded
  try {
    const host = new URL(origin).host
    return host === request.headers.host || (publicUrl !== null && host === new URL(publicUrl).host)
  } catch {
    return false
  }
}
