/** What every list of the register keeps to. */

/** Lists are cut here; pages say so and ask for a narrower search. */
export const listMax = 200

/** Words that somebody searches for, as a pattern in which their own % and _ mean themselves. */
export const like = (text: string): string => `%${text.replace(/[%_\\]/g, '\\$&')}%`
