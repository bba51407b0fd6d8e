package webapi

// missing are the globals that Workers have and kvbench has not.
var missing = []string{
	"BroadcastChannel", "EventSource", "HTMLRewriter", "MessageChannel", "MessagePort", "SharedArrayBuffer", "URLPattern",
	"WebAssembly", "WebSocket", "WebSocketPair", "WebSocketRequestResponsePair", "Worker",
}
