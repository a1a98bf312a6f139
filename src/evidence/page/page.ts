/**
 * The page inside every pack: the receiver gives it the folder, it checks everything with the same verifier as the
 * program and plays the film. It asks no network (its content security policy forbids it) and keeps nothing.
 */
import { type PackFiles, type Verification, verifyPackFiles } from '#formats/pack/pack.ts'
import { element, resultView } from './view.ts'

function find<Kind extends Element>(selector: string, kind: new () => Kind): Kind {
  const found = document.querySelector(selector)
  if (!(found instanceof kind)) throw new Error(`the page has no ${selector}`)
  return found
}

const input = find('#folder', HTMLInputElement)
const drop = find('.drop', HTMLElement)
const progressBox = find('.progress', HTMLElement)
const progress = find('#progress', HTMLProgressElement)
const step = find('#step', HTMLElement)
const result = find('#result', HTMLElement)

/** The files of a chosen folder, named from where `bagit.txt` lies: people choose a folder above or below it. */
function filesOf(given: readonly { path: string; file: File }[]): PackFiles | null {
  const root = given
    .find(({ path }) => path === 'bagit.txt' || path.endsWith('/bagit.txt'))
    ?.path.slice(0, -9)
  // A damaged or missing bagit.txt is for the verifier to name; this page's own name also tells where the pack is.
  const other = given.find(({ path }) => path.endsWith('data/overt-pack.json'))?.path.slice(0, -20)
  const base = root ?? other
  if (base === undefined) return null
  const files = new Map<string, File>()
  for (const { path, file } of given) if (path.startsWith(base)) files.set(path.slice(base.length), file)
  return {
    names: [...files.keys()],
    size: (name) => files.get(name)?.size ?? 0,
    read: async (name) => new Uint8Array(await files.get(name)!.arrayBuffer()),
  }
}

async function check(given: readonly { path: string; file: File }[]): Promise<void> {
  result.hidden = true
  result.replaceChildren()
  progressBox.hidden = false
  progress.value = 0
  step.textContent = 'Checking every file …'
  try {
    const files = filesOf(given)
    if (files === null) {
      show(
        element(
          'div',
          { class: 'verdict bad', tabindex: '-1' },
          element('h2', {}, 'This is not the folder'),
          element(
            'p',
            {},
            'The folder you chose holds no footage pack. Choose the one in which bagit.txt and this page lie.',
          ),
        ),
      )
      return
    }
    const checked: Verification = await verifyPackFiles(files, {
      progress: (done) => {
        progress.value = done
        if (done >= 0.5) step.textContent = 'Opening the sealed recording …'
      },
    })
    show(resultView(checked, files))
  } catch (error) {
    console.error(error)
    show(
      element(
        'div',
        { class: 'verdict bad', tabindex: '-1' },
        element('h2', {}, 'The check could not be finished'),
        element(
          'p',
          {},
          `This browser could not do it. Use a current version of Firefox, Chrome, Edge or Safari, or the Overt program. (${error instanceof Error ? error.message : 'unknown'})`,
        ),
      ),
    )
  } finally {
    progressBox.hidden = true
  }
}

function show(content: Node): void {
  result.replaceChildren(content)
  result.hidden = false
  const verdict = result.querySelector<HTMLElement>('.verdict')
  verdict?.focus()
  verdict?.scrollIntoView({ block: 'start' })
}

input.addEventListener('change', () => {
  const given = [...(input.files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }))
  // Choosing the same folder again must check it again.
  input.value = ''
  if (given.length > 0) void check(given)
})

for (const type of ['dragenter', 'dragover'] as const)
  drop.addEventListener(type, (event) => {
    event.preventDefault()
    drop.classList.add('over')
  })
drop.addEventListener('dragleave', () => drop.classList.remove('over'))
drop.addEventListener('drop', (event) => {
  event.preventDefault()
  drop.classList.remove('over')
  const entries = [...(event.dataTransfer?.items ?? [])].map((item) => item.webkitGetAsEntry())
  void Promise.all(entries.map((entry) => (entry === null ? [] : readEntry(entry)))).then((all) =>
    check(all.flat()),
  )
})

/** All files below a dropped folder. */
async function readEntry(entry: FileSystemEntry): Promise<{ path: string; file: File }[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    )
    return [{ path: entry.fullPath.replace(/^\//, ''), file }]
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  const found: { path: string; file: File }[] = []
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    )
    if (batch.length === 0) return found
    for (const each of batch) found.push(...(await readEntry(each)))
  }
}
