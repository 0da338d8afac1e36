// The database that DATABASE_URL names.
const url = process.env.DATABASE_URL;
const { open } = await import(url.startsWith('sqlite:') ? './sqlite.js' : './postgres.js');

export const store = open(url);
