package script

import "github.com/evanw/esbuild/pkg/api"

// Module makes a TypeScript module that imports nothing a JavaScript module for the real
// runtime. name is for errors, which are *Error.
func Module(name, source string) (string, error) {
	made := api.Transform(source, api.TransformOptions{
		Sourcefile: name, Loader: api.LoaderTS, Format: api.FormatESModule, Target: api.ES2022, LogLevel: api.LogLevelSilent,
	})
	if len(made.Errors) > 0 {
		return "", &Error{Problems: problems(made.Errors, nil)}
	}
	return string(made.Code), nil
}
