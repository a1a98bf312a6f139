/**
 * Every row of the route table, without a server: rooms are given nothing but a stand-in that answers everything with
 * itself, because making rows asks nothing of anybody. What is listed here is what the hub serves (compared with its
 * OpenAPI document in the test).
 */
import { tmpdir } from 'node:os'
import { authorisationRoutes } from '#authorisation/authorisation.ts'
import { caseworkRoutes } from '#casework/casework.ts'
import { deskRoutes, ledgerRoutes } from '#desk/desk.ts'
import { startEvidence } from '#evidence/evidence.ts'
import { footageRoutes } from '#footage/footage.ts'
import { peopleRoutes, trainingRoutes } from '#people/people.ts'
import { changesRoutes, landlordsRoutes, openPointRoutes, providersRoutes } from '#providers/providers.ts'
import { registerRoutes } from '#register/register.ts'
import type { Route } from '#web/web.ts'

// biome-ignore lint/suspicious/noExplicitAny: it stands in for every room's own parts
const nothing: any = new Proxy(() => undefined, {
  get: (_, name) => (name === 'then' ? undefined : nothing),
  apply: () => nothing,
})

export async function allRows(): Promise<readonly Route[]> {
  const parts = new Proxy(nothing, { get: (_, name) => (name === 'folder' ? tmpdir() : nothing) })
  const evidence = await startEvidence(parts)
  evidence.close()
  return [
    ...deskRoutes(nothing),
    ...ledgerRoutes(nothing),
    ...peopleRoutes(nothing, null),
    ...trainingRoutes(nothing),
    ...providersRoutes(nothing),
    ...openPointRoutes(nothing),
    ...landlordsRoutes(nothing),
    ...changesRoutes(nothing),
    ...registerRoutes(nothing),
    ...caseworkRoutes(nothing),
    ...authorisationRoutes(nothing),
    ...footageRoutes(nothing),
    ...evidence.routes,
  ]
}
