/** What the hub's pages are given besides their routes: notices, the words of rules, a secret; and where it listens. */
import { randomBytes } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { type Config, Failure, type Home, writeFileDurably } from '#base/base.ts'
import { clauseHref, clauseLabel } from '#policy/policy.ts'
import type { Providers } from '#providers/providers.ts'
import { type createWeb, type Html, html, marks, type Person } from '#web/web.ts'

/** A rule by its id, of whichever landlord's policy has it. */
export function clauseWordsOf(providers: Providers, id: string): { text: string; href: string } | null {
  for (const { slug } of providers.list()) {
    const pack = providers.packOf(slug)
    if (pack.clauses.has(id)) return { text: clauseLabel(pack, id), href: clauseHref(pack, id) }
  }
  return null
}

export function noticesOf(home: Home, keyring: readonly string[]) {
  return (person: Pick<Person, 'administrator' | 'remarks'> | null): readonly Html[] => {
    const said: Html[] = []
    if (home.born === 'demo')
      said.push(
        html`This is a demo: its landlords, people and places are made up, and its cameras are simulated.`,
      )
    for (const { text, href, link } of person?.remarks ?? [])
      said.push(html`${text} ${marks.link(href, link)}`)
    if (person?.administrator === true) said.push(...keyring.map((words) => html`${words}`))
    return said
  }
}

export async function listen(
  web: Awaited<ReturnType<typeof createWeb>>,
  { host, port }: Config,
): Promise<void> {
  try {
    await web.listen({ host, port })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE')
      throw new Failure(
        'conflict',
        `Another program already uses port ${port} of ${host}. Stop it, or set OVERT_PORT to another number.`,
      )
    if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new Failure(
        'invalid',
        `Overt can't listen on ${host}, port ${port}. Set OVERT_HOST to an address of this machine, and OVERT_PORT to a number above 1023`,
        error,
      )
    throw error
  }
}

export async function sameDisk(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([stat(one), stat(other)])
  return a.dev === b.dev
}

/** A secret of our own that outlives a restart, so that open forms do too. */
export async function keptSecret(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    const secret = randomBytes(32).toString('base64url')
    await writeFileDurably(path, `${secret}\n`)
    return secret
  }
}
