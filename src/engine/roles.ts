import { Failure, silentLog, story } from '#base/base.ts'
import { connect, type Sql } from './connect.ts'

/**
 * Questions to a PostgreSQL that a landlord brings along, asked before anything leans on it: is it new enough, and has
 * each of the two roles what it needs and no more. What they need is written in docs/guide/run-it.md.
 */
const oldestVersion = 180_000

/** @throws Failure('unavailable') when it can't be reached or isn't fit, with what the administrator has to run */
export function checkOwner(ownerUrl: string): Promise<void> {
  return ask(ownerUrl, 'DATABASE_OWNER_URL', async (sql) => {
    const [found] = await sql<{ name: string; database: string; create: boolean; mayMakeRole: boolean }[]>`
      select current_user as name, current_database() as database,
        has_database_privilege(current_database(), 'CREATE') as "create",
        (select rolcreaterole or rolsuper from pg_roles where rolname = current_user)
          or exists (select 1 from pg_roles where rolname = 'overt_app') as "mayMakeRole"`
    const { name, database, create, mayMakeRole } = found!
    if (!create)
      throw new Failure(
        'invalid',
        `The role ${name} in DATABASE_OWNER_URL may not create schemas in the database ${database}. As an administrator run: grant create on database ${database} to ${name};`,
      )
    if (!mayMakeRole)
      throw new Failure(
        'invalid',
        `The database has no role overt_app, and ${name} in DATABASE_OWNER_URL may not create one. As an administrator run: create role overt_app nologin;`,
      )
  })
}

/**
 * The running role must have the rights of overt_app, and must not be able to take more: then what guards the ledger
 * would be a locked door beside an open one. Asked after the migrations.
 * @throws Failure('invalid') with what the administrator has to run
 */
export function checkRunningRole(url: string): Promise<void> {
  return ask(url, 'DATABASE_URL', async (sql) => {
    const [found] = await sql<{ name: string; superuser: boolean; owner: string | null; app: boolean }[]>`
      select current_user as name, r.rolsuper as superuser,
        (select pg_get_userbyid(nspowner) from pg_namespace
          where nspname = 'ledger' and pg_has_role(current_user, nspowner, 'member')) as owner,
        coalesce((select pg_has_role(current_user, oid, 'usage') from pg_roles where rolname = 'overt_app'), false) as app
      from pg_roles r where r.rolname = current_user`
    const { name, superuser, owner, app } = found!
    if (superuser)
      throw new Failure(
        'invalid',
        `The role ${name} in DATABASE_URL may do anything in this database, the ledger included. Use a role of its own: create role overt_hub login password '…'; grant overt_app to overt_hub;`,
      )
    if (owner !== null)
      throw new Failure(
        'invalid',
        `The role ${name} in DATABASE_URL owns the ledger's tables or is a member of ${owner}, which does. DATABASE_URL and DATABASE_OWNER_URL must name two different roles: create role overt_hub login password '…'; grant overt_app to overt_hub;`,
      )
    if (!app)
      throw new Failure(
        'invalid',
        `The role ${name} in DATABASE_URL has no rights in this database. As an administrator run: grant overt_app to ${name};`,
      )
  })
}

async function ask(url: string, variable: string, question: (sql: Sql) => Promise<void>): Promise<void> {
  const sql = connect(url, { max: 1, log: silentLog, name: 'overt check' })
  try {
    const [row] = await sql<{ version: number }[]>`
      select current_setting('server_version_num')::int as version`
    if (row!.version < oldestVersion)
      throw new Failure(
        'unsupported',
        `${variable} leads to PostgreSQL ${Math.floor(row!.version / 10_000)}. Overt needs PostgreSQL 18 or newer.`,
      )
    await question(sql)
  } catch (error) {
    if (error instanceof Failure) throw error
    const words = story(error) || String((error as NodeJS.ErrnoException).code ?? 'no answer')
    throw new Failure('unavailable', `The database in ${variable} can't be used: ${words}`)
  } finally {
    await sql.end({ timeout: 1 })
  }
}
