/** The page inside every pack, built once for a process of the hub, in a child that knows nothing of the hub. */
import { join } from 'node:path'
import { Failure, runChild } from '#base/base.ts'

let built: Promise<Buffer> | null = null

/** Throws `Failure('unavailable')` when it could not be built. */
export function offlinePage(): Promise<Buffer> {
  built ??= runChild(join(import.meta.dirname, 'page-child.ts'), '').catch((cause: unknown) => {
    built = null
    throw new Failure('unavailable', 'The offline page could not be built.', cause)
  })
  return built
}
