/**
 * Writes down which tests passed, a line of JSON each: what `tests/ran.ts` needs to tell a test that ran from one that is
 * merely there. Skipped and unfinished ones don't count.
 */
import { relative } from 'node:path'

type Event = {
  readonly type: string
  readonly data: {
    readonly name?: string
    readonly file?: string
    readonly skip?: boolean | string
    readonly todo?: boolean | string
  }
}

export default async function* ran(events: AsyncIterable<Event>): AsyncGenerator<string> {
  for await (const { type, data } of events) {
    if (type !== 'test:pass' || data.file === undefined) continue
    if (data.skip !== undefined || data.todo !== undefined) continue
    yield `${JSON.stringify({ file: relative(process.cwd(), data.file), name: data.name })}\n`
  }
}
