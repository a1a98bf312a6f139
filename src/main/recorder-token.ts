/** Where a recorder finds its one-time token: its environment, since every account of a machine may read arguments. */
export const recorderToken = 'OVERT_RECORDER_TOKEN'
