/** The columns of an estate file, once: template, upload, export and docs/reference/estate.md keep to this list. */

export type EstateKey =
  | 'reference'
  | 'site'
  | 'address'
  | 'kind'
  | 'area'
  | 'latitude'
  | 'longitude'
  | 'system'
  | 'purposes'
  | 'manager'
  | 'camera'
  | 'position'
  | 'model'
  | 'serial'
  | 'recorder'
  | 'stream'
  | 'username'
  | 'password'
  | 'running'
  | 'placement'
  | 'basis'
  | 'reason'
  | 'daysKept'
  | 'sign'

export type EstateColumn = {
  readonly key: EstateKey
  /** The heading in a spreadsheet; capitals, spaces and hyphens don't matter when it is read. */
  readonly title: string
  readonly max: number
  /** What goes in, for people. */
  readonly help: string
  /** Two lines of the template. */
  readonly examples: readonly [string, string]
  /** Never written out. */
  readonly secret?: true
}

export const estateColumns: readonly EstateColumn[] = [
  {
    key: 'reference',
    title: 'Reference',
    max: 60,
    help: 'Your own number for the camera. With it the camera is found again, even under another name.',
    examples: ['CAM-001', 'CAM-002'],
  },
  {
    key: 'site',
    title: 'Site',
    max: 200,
    help: 'Name of the place, as staff call it. Lines with the same name are one place.',
    examples: ['Example Court', 'Example Court'],
  },
  {
    key: 'address',
    title: 'Address',
    max: 500,
    help: 'Needed for a new place. A line break or | between its lines.',
    examples: ['1 Example Street | Exampleton', ''],
  },
  {
    key: 'kind',
    title: 'Kind of place',
    max: 20,
    help: 'Needed for a new place: home, communal, office, land or other.',
    examples: ['communal', ''],
  },
  { key: 'area', title: 'Area', max: 100, help: 'Patch or area, if you have them.', examples: ['North', ''] },
  {
    key: 'latitude',
    title: 'Latitude',
    max: 20,
    help: 'In degrees, for the map; with Longitude or not at all.',
    examples: ['52.9219', ''],
  },
  { key: 'longitude', title: 'Longitude', max: 20, help: 'In degrees.', examples: ['-1.4758', ''] },
  {
    key: 'system',
    title: 'System',
    max: 200,
    help: 'The cameras at a place that serve one purpose. Empty: one system for the whole place.',
    examples: ['Entrances', 'Entrances'],
  },
  {
    key: 'purposes',
    title: 'Purposes',
    max: 1000,
    help: 'Codes or words of your policy’s purposes, | between them. Needed for a new system.',
    examples: ['', ''],
  },
  {
    key: 'manager',
    title: 'Manager',
    max: 200,
    help: 'Name of the person with an account here who answers for the system.',
    examples: ['', ''],
  },
  {
    key: 'camera',
    title: 'Camera',
    max: 100,
    help: 'Name of the camera. Empty: the line only names a place or a system.',
    examples: ['Front door', 'Bin store'],
  },
  {
    key: 'position',
    title: 'Position',
    max: 1000,
    help: 'Where exactly it hangs and what it looks at.',
    examples: ['Above the front door, looking at the path', 'On the wall, looking at the bins'],
  },
  {
    key: 'model',
    title: 'Model',
    max: 200,
    help: 'Make and model.',
    examples: ['Example 200', 'Example 200'],
  },
  {
    key: 'serial',
    title: 'Serial number',
    max: 200,
    help: 'As printed on the camera.',
    examples: ['EX200-0001', 'EX200-0002'],
  },
  {
    key: 'recorder',
    title: 'Recorder',
    max: 200,
    help: 'Name of the Overt recorder that is to record it. Needed with a stream address.',
    examples: ['', ''],
  },
  {
    key: 'stream',
    title: 'Stream address',
    max: 500,
    help: 'rtsp://… without a user name and password.',
    examples: ['', ''],
  },
  {
    key: 'username',
    title: 'User name',
    max: 200,
    help: 'For the stream. Kept sealed, never written out again.',
    examples: ['', ''],
    secret: true,
  },
  {
    key: 'password',
    title: 'Password',
    max: 200,
    help: 'For the stream. Kept sealed, never written out again.',
    examples: ['', ''],
    secret: true,
  },
  {
    key: 'running',
    title: 'Already running',
    max: 10,
    help: 'yes or no. Yes: it is recorded by an older system today, and authority to take it over is asked for.',
    examples: ['yes', 'no'],
  },
  {
    key: 'placement',
    title: 'Placement',
    max: 200,
    help: 'Which of your policy’s kinds of camera it is. Needed when it already runs.',
    examples: ['', ''],
  },
  {
    key: 'basis',
    title: 'Lawful basis',
    max: 200,
    help: 'Code or words of your policy’s lawful bases. Needed when it already runs.',
    examples: ['', ''],
  },
  {
    key: 'reason',
    title: 'Reason',
    max: 4000,
    help: 'Why there is a camera. Needed when it already runs.',
    examples: ['Fly-tipping and threats at the door since spring', ''],
  },
  {
    key: 'daysKept',
    title: 'Days kept',
    max: 20,
    help: 'For how many days the older system kept its footage.',
    examples: ['31', ''],
  },
  {
    key: 'sign',
    title: 'Sign',
    max: 20,
    help: 'Where a sign hangs: entry, near-camera or at-camera. A photo of it is still asked for.',
    examples: ['entry', ''],
  },
]

/** "Stream address", "stream_address" and "stream-address " are one heading. */
export const headingMark = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '')

/** A, B … Z, AA: as a spreadsheet names its columns. @param index from 0 */
export function columnLetter(index: number): string {
  const rest = Math.floor(index / 26)
  return `${rest > 0 ? columnLetter(rest - 1) : ''}${String.fromCharCode(65 + (index % 26))}`
}
