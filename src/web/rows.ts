/** What start-up asks of route rows before any of them is served. */
import { Failure } from '#base/base.ts'
import type { Route, WebSocketEndpoint } from './route.ts'

export type RowRules = {
  /** Every permission that exists besides 'public' and 'signed-in'; null leaves them unchecked. */
  readonly permissions: readonly string[] | null
  /** Every ledger kind that exists; null leaves them unchecked. */
  readonly ledgerKinds: readonly string[] | null
}

const methods = ['GET', 'POST', 'DELETE']
const ownPaths = /^\/(api|assets)(\/|$)/
/** `/cameras/:id` and `/cameras/:camera` are one address. */
const shapeOf = (path: string) => path.replace(/:[A-Za-z0-9_]+/g, ':')

/** Every complaint, each naming its row; empty when all rows are whole. */
export function complaintsAbout(
  rows: readonly Route[],
  sockets: readonly WebSocketEndpoint[],
  rules: RowRules,
): readonly string[] {
  const complaints: string[] = []
  const seen = new Map<string, string>()
  for (const row of rows) {
    const name = `${row.method} ${row.path}`
    const complain = (text: string) => complaints.push(`${name}: ${text}`)
    if (!methods.includes(row.method)) complain('the method must be GET, POST or DELETE')
    if (!/^\/[A-Za-z0-9_:/.*-]*$/.test(row.path) || (row.path.length > 1 && row.path.endsWith('/'))) {
      complain(
        'the path must start with "/", not end with it, and hold only letters, digits, "-", "_", "." and ":"',
      )
    }
    if (ownPaths.test(row.path)) complain('/api and /assets are served by web itself')
    if (!row.permission)
      complain("there is no permission; use 'public' or 'signed-in' where no action is asked")
    else if (
      rules.permissions &&
      !['public', 'signed-in'].includes(row.permission) &&
      !rules.permissions.includes(row.permission)
    ) {
      complain(`permission "${row.permission}" is not in the list of actions`)
    }
    if (typeof row.ledger === 'string') {
      if (!row.ledger) complain('the ledger event has no name')
      else if (rules.ledgerKinds && !rules.ledgerKinds.includes(row.ledger)) {
        complain(`ledger event "${row.ledger}" is not in any room's ledgerEvents`)
      }
    } else if (!row.ledger?.none || row.ledger.none.length < 10) {
      complain('say which ledger event it writes, or { none: why } in a sentence')
    }
    if (row.apiOnly && !row.api) complain('apiOnly needs api')
    if (row.machine && (row.permission !== 'public' || row.api)) {
      complain("a machine row is 'public' and not part of the API: what it sends proves who it is")
    }
    if (row.method === 'DELETE' && !row.apiOnly) complain('a browser form cannot DELETE; make it apiOnly')
    if (
      row.uploads &&
      (row.uploads.files < 1 || row.uploads.bytesMax < 1 || row.uploads.mimes.length === 0)
    ) {
      complain('uploads need at least one file, one byte and one media type')
    }
    const shape = `${row.method} ${row.apiOnly ? '/api' : ''}${shapeOf(row.path)}`
    const before = seen.get(shape)
    if (before) complain(`the same address as ${before}`)
    seen.set(shape, name)
  }
  for (const socket of sockets) {
    if (socket.kind === 'session' && !socket.permission)
      complaints.push(`WebSocket ${socket.path}: there is no permission`)
    const shape = `GET ${shapeOf(socket.path)}`
    if (seen.has(shape)) complaints.push(`WebSocket ${socket.path}: the same address as ${seen.get(shape)}`)
    seen.set(shape, `WebSocket ${socket.path}`)
  }
  return complaints
}

export function checkRows(
  rows: readonly Route[],
  sockets: readonly WebSocketEndpoint[],
  rules: RowRules,
): void {
  const complaints = complaintsAbout(rows, sockets, rules)
  if (complaints.length > 0) {
    throw new Failure('invalid', `Some routes are incomplete:\n  ${complaints.join('\n  ')}`)
  }
}
