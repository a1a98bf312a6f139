/** WebSocket endpoints: asked who and whether before the connection is accepted, bounded after. */
import type {} from '@fastify/websocket'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { WebSocket } from 'ws'
import { type Decision, type Log, story } from '#base/base.ts'
import { giveProblem } from './answering.ts'
import { fromOurselves } from './forgery.ts'
import type { Person, WebSocketEndpoint } from './route.ts'
import type { Trouble } from './trouble.ts'

/** No message may be larger, whatever an endpoint asks: two seconds of video at 32 Mbit/s. */
export const webSocketBytesMax = 8 * 1024 * 1024
const bytesMaxDefault = 64 * 1024
const connectionsPerMinute = 600
/** Who signed out, or lost the permission, is out of a running connection after this at the latest. */
const askAgainMs = 5_000

export type Gatekeeper = {
  know(request: FastifyRequest): Promise<{ readonly person: Person | null }>
  mayOpen(person: Person | null, permission: string): Promise<Decision>
  readonly publicUrl: string | null
  readonly log: Log
}

async function refusedSocket(
  endpoint: WebSocketEndpoint,
  request: FastifyRequest,
  gatekeeper: Gatekeeper,
): Promise<{ trouble: Trouble; reasons: Decision['reasons'] } | null> {
  if (!fromOurselves(request, gatekeeper.publicUrl, true)) return { trouble: 'wrong-origin', reasons: [] }
  const { person } = await gatekeeper.know(request)
  if (!person) return { trouble: 'unauthenticated', reasons: [] }
  const decision = await gatekeeper.mayOpen(person, endpoint.permission ?? '')
  return decision.allowed ? null : { trouble: 'forbidden', reasons: decision.reasons }
}

function keepAsking(
  socket: WebSocket,
  endpoint: WebSocketEndpoint,
  request: FastifyRequest,
  gatekeeper: Gatekeeper,
): void {
  const timer = setInterval(() => {
    refusedSocket(endpoint, request, gatekeeper).then(
      (refused) => {
        if (refused) socket.close(1008, 'no longer allowed')
      },
      (error: unknown) => {
        gatekeeper.log.error(
          { reference: request.id, story: story(error) },
          'could not ask again who is there',
        )
        socket.close(1011, 'could not check')
      },
    )
  }, askAgainMs)
  timer.unref()
  socket.once('close', () => clearInterval(timer))
}

export function serveSocket(app: FastifyInstance, endpoint: WebSocketEndpoint, gatekeeper: Gatekeeper): void {
  const bytesMax = Math.min(endpoint.messageBytesMax ?? bytesMaxDefault, webSocketBytesMax)
  const people = new WeakMap<FastifyRequest, Person | null>()
  app.get(
    endpoint.path,
    {
      websocket: true,
      config: { rateLimit: { max: connectionsPerMinute, timeWindow: 60_000 } },
      async onRequest(request, reply) {
        if (endpoint.kind === 'recorder') return
        const refused = await refusedSocket(endpoint, request, gatekeeper)
        if (!refused) {
          people.set(request, (await gatekeeper.know(request)).person)
          return
        }
        giveProblem(refused.trouble, request, reply, { reasons: refused.reasons })
        return reply
      },
    },
    (socket, request) => {
      // First, so that it has the word on size before the room hears the message.
      socket.on('message', (data: Buffer | ArrayBuffer | Buffer[]) => {
        const bytes = Array.isArray(data) ? data.reduce((sum, part) => sum + part.length, 0) : data.byteLength
        if (bytes > bytesMax) socket.close(1009, 'message too large')
      })
      socket.on('error', (error) => {
        gatekeeper.log.warn({ reference: request.id, story: story(error) }, 'a connection broke')
      })
      if (endpoint.kind === 'session') keepAsking(socket, endpoint, request, gatekeeper)
      endpoint.onConnection(socket, people.get(request) ?? null, {
        params: request.params as Record<string, string>,
        query: request.query as Record<string, string>,
        ip: request.ip,
        requestId: request.id,
      })
    },
  )
}
