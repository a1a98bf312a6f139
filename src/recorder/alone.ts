import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '#base/base.ts'
import type { CameraRow } from '#formats/link/link.ts'

/** What a recorder without a hub obeys: a folder that `overt mandate sign` wrote. Read once, at start. */
export type AloneFolder = {
  readonly recorder: string
  /** Raw Ed25519 root key, base64url. */
  readonly rootKey: string
  readonly certificate: string
  readonly cameras: readonly CameraRow[]
  readonly mandates: ReadonlyMap<string, string>
}

/** Throws Failure('invalid') when the folder is not one of ours. */
export async function readAlone(folder: string): Promise<AloneFolder> {
  try {
    const base = JSON.parse(await readFile(join(folder, 'alone.json'), 'utf8')) as AloneFolder & { v: number }
    const list = JSON.parse(await readFile(join(folder, 'cameras.json'), 'utf8')) as {
      v: number
      cameras: CameraRow[]
    }
    if (base.v !== 1 || list.v !== 1) throw new Failure('unsupported', 'it was written by another version')
    const mandates = new Map<string, string>()
    for (const name of await readdir(join(folder, 'mandates'))) {
      if (!name.endsWith('.jws')) continue
      mandates.set(name.slice(0, -4), (await readFile(join(folder, 'mandates', name), 'utf8')).trim())
    }
    return {
      recorder: base.recorder,
      rootKey: base.rootKey,
      certificate: base.certificate,
      cameras: list.cameras,
      mandates,
    }
  } catch (error) {
    throw new Failure(
      'invalid',
      `${folder} holds no mandates to obey. Make it with: overt mandate sign`,
      error,
    )
  }
}
