/**
 * Accounts: who exists, and what they may do at which landlord. Only an administrator changes them, never their own
 * rights, and never so that no administrator is left. Every change is in the ledger in the same transaction.
 */
import { Failure, newId, newSecret, ok, type Reason, type Result, refuse } from '#base/base.ts'
import type { Query, Tx } from '#engine/engine.ts'
import * as access from './access-store.ts'
import { invitationMs, type PeopleParts, plainUsername, secretHash } from './parts.ts'
import { hashPassword } from './passwords.ts'
import { passwordChanged } from './sign-in.ts'
import * as standings from './standing-store.ts'
import * as store from './store.ts'

export type NewAccount = {
  readonly username: string
  readonly name: string
  readonly email?: string | null
  readonly administrator?: boolean
  readonly roles?: readonly store.Role[]
  readonly managerId?: string | null
  /** Hashed already (`hashPassword`), because that takes a while and a transaction should not. Null: invited. */
  readonly passwordHash?: string | null
}

const reason = (code: string, message: string): Reason => ({ code, message, clause: null })

/** The roles in the words the ledger keeps: `provider/role`. */
const coded = (roles: readonly store.Role[]) => roles.map((role) => `${role.provider}/${role.role}`)

export async function createAccount(
  tx: Tx,
  account: NewAccount,
  context: { readonly record: PeopleParts['record']; readonly nowMs: number; readonly by: string | null },
): Promise<Result<{ readonly id: string }>> {
  const id = newId(context.nowMs)
  const username = plainUsername(account.username)
  const roles = account.roles ?? []
  const made = await store.insertPerson(tx, {
    id,
    username,
    name: account.name,
    email: account.email ?? null,
    administrator: account.administrator ?? false,
    passwordHash: account.passwordHash ?? null,
    nowMs: context.nowMs,
    by: context.by,
  })
  if (!made) return refuse(reason('username-taken', 'Somebody has this username already. Choose another'))
  await store.replaceRoles(tx, id, roles, context.nowMs, context.by)
  const managed = await reportTo(tx, id, account.managerId ?? null)
  if (!managed.ok) return managed
  await context.record(tx, {
    kind: 'person.created',
    actor: context.by,
    provider: roles[0]?.provider ?? null,
    about: { person: id },
    data: { roles: coded(roles), administrator: account.administrator ?? false },
    personal: { name: account.name, username },
    atMs: context.nowMs,
  })
  return ok({ id })
}

export type Change = {
  readonly name: string
  readonly email: string | null
  readonly administrator: boolean
  readonly roles: readonly store.Role[]
  readonly managerId?: string | null
}

const sameRights = (account: store.Account, change: Change) =>
  account.administrator === change.administrator &&
  JSON.stringify(exactly(account.roles)) === JSON.stringify(exactly(change.roles)) &&
  (change.managerId === undefined || change.managerId === account.managerId)

/** Roles with their reach and end, in one order. */
const exactly = (roles: readonly store.Role[]): readonly string[] =>
  roles
    .map((role) => JSON.stringify([role.provider, role.role, [...role.areas].sort(), role.untilMs ?? null]))
    .sort()

/** Names whom somebody reports to. Nobody reports to themselves, over however many others. */
async function reportTo(tx: Tx, id: string, managerId: string | null): Promise<Result<null>> {
  const wrong = refuse(reason('manager', 'Choose somebody who does not report to them'))
  if (managerId !== null) {
    if (!/^[0-9a-f-]{36}$/.test(managerId)) return wrong
    const manager = await store.accountById(tx, managerId)
    if (!manager?.active || manager.kind !== 'staff' || (await standings.reportsTo(tx, managerId, id)))
      return wrong
  }
  await standings.setManager(tx, id, managerId)
  return ok(null)
}

/** A fresh grant of a role that somebody has or had, from now on. */
export async function renewRole(
  parts: PeopleParts,
  tx: Tx,
  id: string,
  grant: { readonly provider: string; readonly role: string; readonly untilMs: number | null },
  by: string,
): Promise<Result<null>> {
  await store.lockPeople(tx)
  const account = await store.accountById(tx, id)
  if (!account) throw new Failure('not-found', 'no such account')
  if (id === by)
    return refuse(reason('own-rights', 'You cannot change your own rights. Ask another administrator'))
  if (!(await standings.renewRole(tx, id, grant, parts.clock.nowMs(), by)))
    return refuse(reason('role', 'They do not have this role. Give it on the form'))
  await parts.record(tx, {
    kind: 'person.role-renewed',
    actor: by,
    provider: grant.provider,
    about: { person: id },
    data: { role: `${grant.provider}/${grant.role}`, untilMs: grant.untilMs },
    personal: { name: account.name },
    atMs: parts.clock.nowMs(),
  })
  return ok(null)
}

export async function changeAccount(
  parts: PeopleParts,
  tx: Tx,
  id: string,
  change: Change,
  by: string,
): Promise<Result<null>> {
  await store.lockPeople(tx)
  const account = await store.accountById(tx, id)
  if (!account) throw new Failure('not-found', 'no such account')
  if (id === by && !sameRights(account, change)) {
    return refuse(reason('own-rights', 'You cannot change your own rights. Ask another administrator'))
  }
  await store.updatePerson(tx, id, change)
  if (account.kind === 'engineer' && (change.administrator || change.roles.length > 0))
    return refuse(reason('kind', 'An engineer from outside has no roles beside the hours they are let in'))
  await store.replaceRoles(tx, id, change.roles, parts.clock.nowMs(), by)
  if (change.managerId !== undefined) {
    const managed = await reportTo(tx, id, change.managerId)
    if (!managed.ok) return managed
  }
  if (account.administrator && !change.administrator) {
    const left = await refuseLast(tx)
    if (!left.ok) return left
  }
  await parts.record(tx, {
    kind: 'person.changed',
    actor: by,
    provider: change.roles[0]?.provider ?? null,
    about: { person: id },
    data: {
      roles: coded(change.roles),
      before: coded(account.roles),
      administrator: change.administrator,
    },
    personal: { name: change.name },
    atMs: parts.clock.nowMs(),
  })
  return ok(null)
}

async function refuseLast(tx: Tx): Promise<Result<null>> {
  if ((await store.activeAdministrators(tx)) > 0) return ok(null)
  return refuse(reason('last-administrator', 'This is the last administrator. Make somebody else one first'))
}

/** Out at once: sessions and open links go, tokens are ended. The account itself stays, for the record. */
export async function deactivate(parts: PeopleParts, tx: Tx, id: string, by: string): Promise<Result<null>> {
  await store.lockPeople(tx)
  const account = await store.accountById(tx, id)
  if (!account) throw new Failure('not-found', 'no such account')
  if (id === by)
    return refuse(reason('own-account', 'You cannot close your own account. Ask another administrator'))
  if (!account.active) return ok(null)
  await store.setActive(tx, id, false, parts.clock.nowMs())
  const left = await refuseLast(tx)
  if (!left.ok) return left
  const sessions = await access.deleteSessionsOf(tx, id)
  const tokens = await access.revokeTokensOf(tx, id, parts.realClock.nowMs())
  await access.forgetInvitation(tx, id)
  await note(parts, tx, 'person.deactivated', account, by, { sessions, tokens })
  return ok(null)
}

export async function activate(parts: PeopleParts, tx: Tx, id: string, by: string): Promise<void> {
  const account = await store.accountById(tx, id)
  if (!account) throw new Failure('not-found', 'no such account')
  if (account.active) return
  await store.setActive(tx, id, true, parts.clock.nowMs())
  await note(parts, tx, 'person.activated', account, by, {})
}

/** A link by which the person chooses their password. An older link is dead; sessions end when it is used. */
export async function invite(
  parts: PeopleParts,
  tx: Tx,
  id: string,
  by: string,
): Promise<Result<{ secret: string }>> {
  const account = await store.accountById(tx, id)
  if (!account) throw new Failure('not-found', 'no such account')
  if (!account.active) return refuse(reason('not-active', 'This account is closed. Open it again first'))
  const secret = newSecret()
  const untilMs = parts.realClock.nowMs() + invitationMs
  await access.replaceInvitation(tx, { secretHash: secretHash(secret), personId: id, untilMs })
  await note(parts, tx, 'person.invited', account, by, {})
  return ok({ secret })
}

async function note(
  parts: PeopleParts,
  tx: Tx,
  kind: string,
  account: store.Account,
  by: string,
  data: { readonly [name: string]: number },
): Promise<void> {
  await parts.record(tx, {
    kind,
    actor: by,
    provider: account.roles[0]?.provider ?? null,
    about: { person: account.id },
    data,
    personal: { name: account.name },
    atMs: parts.clock.nowMs(),
  })
}

/** The person behind an invitation, or null where it was used, is too old, or never was. */
export const invited = (parts: PeopleParts, secret: string): Promise<store.Account | null> =>
  access.invitedBy(parts.sql, secretHash(secret), parts.realClock.nowMs())

/** False: somebody was faster with the same link. */
export async function acceptInvitation(
  parts: PeopleParts,
  tx: Tx,
  account: store.Account,
  secret: string,
  passwordHash: string,
): Promise<boolean> {
  if (!(await access.useInvitation(tx, secretHash(secret)))) return false
  await passwordChanged(parts, tx, account.id, passwordHash)
  return true
}

/** Names by id, for pages that show who did what. Unknown ids are absent. */
export async function named(
  sql: Query,
  ids: Iterable<string>,
): Promise<Map<string, { readonly name: string }>> {
  const wanted = [...new Set(ids)]
  if (wanted.length === 0) return new Map()
  return new Map((await store.namesOf(sql, wanted)).map(({ id, name }) => [id, { name }]))
}

/** Active people with a role at a landlord; with `area`, only those whose reach covers it. */
export async function holdersOf(
  sql: Query,
  provider: string,
  role: string,
  area?: string | null,
  /** Leaves out who held it until earlier. Null: everybody whose account says it. */
  nowMs: number | null = null,
): Promise<readonly { readonly id: string; readonly name: string }[]> {
  const found = await store.holders(sql, provider, role, nowMs)
  return found
    .filter(
      (holder) =>
        area === undefined || holder.areas.length === 0 || (area !== null && holder.areas.includes(area)),
    )
    .map(({ id, name }) => ({ id, name }))
}

/** Everybody active with any role at a landlord, by name: to choose who answers for a place. */
export const staffOf = (
  sql: Query,
  provider: string,
): Promise<readonly { readonly id: string; readonly name: string }[]> => store.staff(sql, provider)

/** Ids of everybody with a role at one of these landlords, their account open or closed. */
export const peopleAt = (sql: Query, providers: readonly string[]): Promise<readonly string[]> =>
  store.peopleAt(sql, providers)

export { hashPassword }
