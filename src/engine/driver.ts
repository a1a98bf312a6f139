import { registerHooks } from 'node:module'
import { Failure } from '#base/base.ts'

/**
 * The PostgreSQL driver, mended where it is loaded: docs/decisions/2026-11-22-database-driver-mended.md. When the server
 * drops a connection in the middle of a transaction, the driver as published goes on sending that transaction's next
 * queries: to no socket, which ends the whole process, or, worse, down the connection that was opened anew, outside any
 * transaction. A small write that was waiting leaves the connection unable to write ever again, a query sent between
 * the error and the end of a connection waits for ever, and the error of one query is told to the next. A connection
 * that breaks while the driver asks its own first question ends the process: nobody waits for that answer. Here what
 * belongs to a lost connection is refused, all of it, and a new one begins clean.
 */
const mends: Readonly<Record<string, readonly (readonly [before: string, times: number, after: string])[]>> =
  {
    '/node_modules/postgres/src/connection.js': [
      [
        '  function nextWrite(fn) {\n',
        1,
        `  function nextWrite(fn) {
    if (socket === null) {
      clearImmediate(nextWriteTimer)
      chunk = nextWriteTimer = null
      error(Errors.connection('CONNECTION_CLOSED', options, socket))
      return false
    }
`,
      ],
      [
        '\n    clearImmediate(nextWriteTimer)\n',
        2,
        '\n    clearImmediate(nextWriteTimer)\n    chunk = nextWriteTimer = null\n',
      ],
      ['    !hadError && (query || sent.length) && error(', 1, '    ;(query || sent.length) && error('],
      [
        '    closedTime = performance.now()\n',
        1,
        '    query = results = errorResponse = null\n    result = new Result()\n    closedTime = performance.now()\n',
      ],
      [
        '        return fetchArrayTypes()\n',
        1,
        '        return fetchArrayTypes().catch(() => socket && socket.destroy())\n',
      ],
    ],
    '/node_modules/postgres/src/index.js': [
      ['    let savepoints = 0\n', 1, '    let savepoints = 0\n      , lost = null\n'],
      [
        'new Promise((_, reject) => connection.onclose = reject)',
        1,
        'new Promise((_, reject) => connection.onclose = e => (lost = e, reject(e)))',
      ],
      [
        '        q.catch(e => uncaughtError || (uncaughtError = e))\n',
        1,
        '        q.catch(e => uncaughtError || (uncaughtError = e))\n        if (lost)\n          return q.reject(lost)\n',
      ],
    ],
  }

/** @throws Failure('unsupported') when the driver's text is not the one that these mends were made for */
function mended(source: string, of: (typeof mends)[string]): string {
  let text = source
  for (const [before, times, after] of of) {
    const parts = text.split(before)
    if (parts.length !== times + 1)
      throw new Failure(
        'unsupported',
        'the database driver has changed; look whether src/engine/driver.ts is still needed',
      )
    text = parts.join(after)
  }
  return text
}

const hooks = registerHooks({
  load(url, context, next) {
    const loaded = next(url, context)
    const found = Object.entries(mends).find(([file]) => url.endsWith(file))
    return found === undefined
      ? loaded
      : { ...loaded, source: mended(Buffer.from(loaded.source as Uint8Array).toString('utf8'), found[1]) }
  },
})
export const { default: postgres } = await import('postgres')
hooks.deregister()
