"""The emulator on the network: certificate authority, HTTP and HTTPS server, CONNECT proxy; knows no service."""
