/** The doors of a row of the route table, and who may open them by what their landlord's pack says. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { administratorActions, everybodysActions, isAction } from '#policy/policy.ts'
import { readPacks } from '#providers/providers.ts'
import type { Route } from '#web/web.ts'
import type { Given, Visitor } from './visitors.ts'

export type Account = {
  readonly id: string
  readonly administrator: boolean
  readonly roles: readonly { readonly provider: string; readonly role: string }[]
}

export type Staff = Visitor & { readonly account: Account }

/** A visitor with what the hub says that they are. */
export const withAccount = async (visitor: Visitor): Promise<Staff> => ({
  ...visitor,
  account: (await visitor.get('/api/v1/account')).json() as Account,
})

/** All packs of the repository, as they lie in its folder. */
export const packs = readPacks(join(import.meta.dirname, '..', '..', 'policies'))

/** By the list of the landlord's own pack and the two short lists of what needs no pack; no code of the server is asked. */
export function mayOpen(account: Account, permission: string): boolean {
  if (permission === 'public' || permission === 'signed-in') return true
  assert.ok(isAction(permission), permission)
  if (everybodysActions.includes(permission)) return true
  if (account.administrator) return administratorActions.includes(permission)
  return account.roles.some(({ provider, role }) =>
    packs.find((one) => one.provider === provider)!.values.abilities[role]!.includes(permission),
  )
}

/** An id of nothing. */
export const nobodys = '01a20000-0000-7000-8000-000000000001'
export const fill = (path: string, id = nobodys): string =>
  path
    .replace(/:part\d?/g, '001')
    .replace(':sequence', '1')
    .replace(':level', '0')
    .replace(':log', '2026')
    .replace(/:[A-Za-z]+/g, id)
export const doorsOf = (row: Route): string[] =>
  row.machine
    ? []
    : [...(row.apiOnly ? [] : [row.path]), ...(row.api === undefined ? [] : [`/api/v1${row.path}`])]
/** Would end the visitor's own session, or agree to a deletion. */
export const leftOut = ['POST /sign-out', 'POST /account/sign-out-everywhere', 'POST /expiry']
export const told = (given: Given, what: string): string =>
  `${what} → ${given.status} ${given.text().slice(0, 200)}`

/** Asks at one door of a row: open or shut as `mayOpen` says, and never a failure. */
export async function tryDoor(one: Staff, row: Route, door: string): Promise<'open' | 'shut'> {
  const given = row.method === 'GET' ? await one.get(door) : await one.post(door)
  const what = told(given, `${one.name} ${row.method} ${door} (${row.permission})`)
  assert.ok(given.status < 500, what)
  const may = mayOpen(one.account, row.permission)
  if (may) assert.ok(![401, 403, 429].includes(given.status), what)
  else assert.equal(given.status, 403, what)
  return may ? 'open' : 'shut'
}
