// Package script bundles a Worker's TypeScript or JavaScript into one program, finds the
// place in its sources that a place in the bundle comes from, and reads wrangler's
// configuration.
package script
