import type { Sql } from '#engine/engine.ts'
import { allCheckpoints, encodePublicKey, type LedgerKey, servedFile } from '#ledger/ledger.ts'
import { type Answer, components, html, marks } from '#web/web.ts'

/** What people outside need of the ledger: checkpoints to keep, the public key, and the log's files. */
type Outside = { readonly sql: Sql; readonly key: Pick<LedgerKey, 'publicKey'> }

export async function checkpointsPage(deps: Outside): Promise<Answer> {
  const notes = await allCheckpoints(deps.sql)
  const publicKey = encodePublicKey(deps.key.publicKey)
  return {
    data: { publicKey, checkpoints: notes },
    page: () => ({
      title: 'Checkpoints',
      back: { href: '/ledger', text: 'Ledger' },
      body: html`
        ${marks.heading({
          title: 'Checkpoints',
          lead: 'A checkpoint is a short signed note that says how long the ledger is and what it adds up to. Keep one somewhere that this landlord does not control.',
        })}
        ${marks.paragraph(
          'Whoever keeps an old checkpoint can show later that nothing before it was changed, removed or put in another order, not even by an administrator who holds the key. Against a ledger of which nobody kept a checkpoint, we claim nothing.',
        )}
        ${notes.map(
          (note) => html`
            ${marks.h2(`${note.origin}: ${note.size} ${note.size === 1 ? 'entry' : 'entries'}`)}
            ${components.summaryList({ rows: noteRows(note.note) })}
            ${components.button({
              text: 'Download this checkpoint',
              kind: 'secondary',
              href: `/ledger/logs/${note.origin.split('/')[2]}/checkpoint`,
            })}`,
        )}
        ${marks.h2('The public key')}
        ${marks.paragraph('Get this from the landlord by another way too, such as on paper: a key that comes with the ledger proves little.')}
        ${components.summaryList({ rows: [{ key: 'Public key', value: publicKey }] })}
        ${marks.h2('How to check')}
        ${marks.bullets([
          html`On the machine that runs Overt: <code>npm run overt -- ledger verify --checkpoint FILE --key FILE</code>`,
          html`With other programs: each log is served in the tlog-tiles layout (C2SP) under <code>/ledger/logs/2026/</code>`,
        ])}`,
    }),
  }
}

export async function newestCheckpoint(deps: Outside): Promise<Answer> {
  const newest = (await allCheckpoints(deps.sql)).at(-1)
  if (newest === undefined) return { notFound: 'Nothing has been signed yet.' }
  return served(deps, newest.origin.split('/')[2] ?? '', 'checkpoint')
}

export async function served(deps: Outside, log: string, path: string): Promise<Answer> {
  const found = await servedFile(deps.sql, log, path)
  if (found === null) return { notFound: 'The ledger has no such file.' }
  return {
    file: {
      mime: found.text ? 'text/plain; charset=utf-8' : 'application/octet-stream',
      body: found.body,
      ...(found.text ? { filename: `checkpoint-${log}.txt` } : {}),
      headers: { 'cache-control': found.forever ? 'private, max-age=31536000, immutable' : 'no-cache' },
    },
  }
}

/** A note taken apart for reading; the file to keep is the download. */
function noteRows(note: string): { key: string; value: string }[] {
  const [origin, size, root, , signature] = note.split('\n')
  return [
    { key: 'Log', value: origin ?? '' },
    { key: 'Entries', value: size ?? '' },
    { key: 'Adds up to', value: root ?? '' },
    { key: 'Signature', value: signature?.split(' ').at(-1) ?? '' },
  ]
}
