/**
 * What a camera says that it does besides filming, against what was agreed. Cameras name their functions as their makers
 * please, so a name is only a sign: what it plainly says is taken at its word, what it may mean is for a person to find out.
 */
import { refusedTechnologies, type TechnologyAnswer, technologies } from './placement.ts'

/** As the camera calls it. */
export type NamedFunction = { readonly type: string; readonly name: string }

/** First match wins; null: harmless to say, but nobody can tell from the name whether it recognises anybody. */
const signs: readonly (readonly [sign: RegExp, technology: string | null])[] = [
  [
    /anpr|alpr|\blpr\b|licen[cs]eplate|numberplate|plate(recogni|number|detect|read)|vehicleplate/,
    'number-plates',
  ],
  [
    /face(recogni|identif|match|compar|search|librar|verif)|facial(recogni|identif)|(recogni|identif)\w*face/,
    'facial-recognition',
  ],
  [/gait|iris|biometr|re-?identif|(person|human|body)(recogni|identif|search|match)/, 'biometric'],
  [/auto-?track|smarttrack|objecttrack|persontrack|vehicletrack|ptztrack/, 'tracking'],
  [/count|crowd|queue|heat-?map|occupan/, 'counting'],
  [/face|facial|plate/, null],
  [
    /motion|movement|cell|line|cross|field|region|intrusion|loiter|enter|exit|tamper|scene|object|human|person|vehicle|abandon|tripwire/,
    'movement',
  ],
]

export type FunctionFound = {
  /** As the camera calls it: its own name for it, else its kind. */
  readonly name: string
  /** What it comes to, of `technologies`; null: its name doesn't say. */
  readonly technology: string | null
  readonly label: string
}

/** Every function with what it comes to, each meaning and name once. */
export function functionsFound(functions: readonly NamedFunction[]): FunctionFound[] {
  const found = functions.map(({ type, name }): FunctionFound => {
    const text = `${type} ${name}`.toLowerCase().replace(/[\s_]+/g, '')
    const technology = signs.find(([sign]) => sign.test(text))?.[1] ?? null
    return {
      name: name || type,
      technology,
      label:
        technologies.find((one) => one.code === technology)?.label ?? 'Its name does not say what it does',
    }
  })
  return [...new Map(found.map((one) => [`${one.technology} ${one.name}`, one])).values()]
}

/** What a camera says that it does, and what its proposal says. */
export type DeviceWord = {
  readonly functions: readonly NamedFunction[]
  readonly declared: readonly string[]
}

/** What a camera does that nobody agreed to. */
export type Beyond = {
  /** What the policy refuses, by its clause where it has one. */
  readonly refused: readonly TechnologyAnswer[]
  /** Labels of what the proposal doesn't name. To notice movement is what every camera does. */
  readonly unsaid: readonly string[]
}

/** Of what a camera says it does: what the policy refuses, and what the proposal, and so the assessment, doesn't name. */
export function beyondAgreed(
  refused: readonly TechnologyAnswer[],
  declared: readonly string[],
  functions: readonly NamedFunction[],
): Beyond {
  const codes = [
    ...new Set(
      functionsFound(functions).flatMap(({ technology }) => (technology === null ? [] : [technology])),
    ),
  ]
  const against = refusedTechnologies(refused, codes)
  return {
    refused: against,
    unsaid: codes
      .filter(
        (code) => code !== 'movement' && !declared.includes(code) && !against.some((r) => r.code === code),
      )
      .map((code) => technologies.find((one) => one.code === code)?.label ?? code),
  }
}

/** Why a camera gets no authority as it is set up, and what to do about it; null: nothing stands against it. */
export function againstAgreed(
  rules: readonly TechnologyAnswer[],
  { declared, functions }: DeviceWord,
): string | null {
  const { refused, unsaid } = beyondAgreed(rules, declared, functions)
  const names = (labels: readonly string[]) => labels.map((label) => `“${label}”`).join(', ')
  if (refused.length > 0)
    return `By its own word the camera does what the policy rules out: ${names(refused.map((r) => r.label))}. Switch that off on the camera, then try the address again.`
  if (unsaid.length > 0)
    return `By its own word the camera does what was not asked for: ${names(unsaid)}. Switch that off on the camera and try the address again, or have it asked for.`
  return null
}
