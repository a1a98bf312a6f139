/**
 * What a program started by a test is told of this machine: no setting of a developer leaks in. The cache is the test
 * run's own (tests/run.sh): half of what a start costs is reading code that the test before it has read.
 */
export function surroundings(): NodeJS.ProcessEnv {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env
  return {
    PATH,
    HOME,
    NODE_NO_WARNINGS: '1',
    ...(NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE }),
  }
}
