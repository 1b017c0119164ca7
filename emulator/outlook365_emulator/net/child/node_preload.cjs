'use strict';
/*
 * Preloaded into Node child processes: connections to the emulated hosts lead to the emulator's HTTPS port.
 *
 * net.Socket.prototype.connect lies below https, http2, tls, undici and the global fetch. TLS names and certificate checks
 * keep the real host, because only the options of the TCP connection are replaced. Trust comes from NODE_EXTRA_CA_CERTS.
 */
const dns = require('dns');
const net = require('net');

const port = Number(process.env.OUTLOOK365_TLS_PORT || 0);
const listed = (name) => (process.env[name] || '').split(',').filter(Boolean);
const hosts = listed('OUTLOOK365_HOSTS');
const refused = listed('OUTLOOK365_REFUSED_DOMAINS');
const ADDRESS = process.env.OUTLOOK365_ADDRESS || '127.0.0.1';
const NETWORK = '127.36.5.';

const spelled = (host) => String(host).toLowerCase().replace(/\.$/, '');
const isEmulated = (name) => hosts.some((host) => name === host || (host.startsWith('.') && name.endsWith(host)));
const isRefused = (name) => refused.some((domain) => name === domain || name.endsWith(`.${domain}`));

function refusal(name) {
  const error = new Error(
    `${name} is Microsoft's, is not emulated, and pytest-outlook365 lets nothing reach the real service`
  );
  return Object.assign(error, { code: 'ECONNREFUSED', errno: -111, syscall: 'connect' });
}

/** Decide about the TCP options of a connect: 'pass', 'refuse' or the options to use instead. */
function redirected(options) {
  if (!options || options.path || typeof options.host !== 'string') return 'pass';
  const name = spelled(options.host);
  if (name.startsWith(NETWORK) || isEmulated(name)) return { ...options, host: ADDRESS, port, family: 4, lookup: undefined };
  return isRefused(name) ? 'refuse' : 'pass';
}

function connectArguments(args) {
  // net.connect and tls.connect hand over one array, marked by a symbol, that must stay the same object.
  if (Array.isArray(args[0])) return { options: args[0][0], replace: (options) => { args[0][0] = options; } };
  if (typeof args[0] === 'object' && args[0] !== null) {
    return { options: args[0], replace: (options) => { args[0] = options; } };
  }
  if (typeof args[1] === 'string') {
    const options = { port: args[0], host: args[1] };
    return { options, replace: (other) => { args.splice(0, 2, other); } };
  }
  return { options: null, replace: () => {} };
}

function wrapConnect() {
  const connect = net.Socket.prototype.connect;
  net.Socket.prototype.connect = function (...args) {
    const { options, replace } = connectArguments(args);
    const decision = redirected(options);
    if (decision === 'refuse') {
      process.nextTick(() => this.destroy(refusal(spelled(options.host))));
      return this;
    }
    if (decision !== 'pass') replace(decision);
    return connect.apply(this, args);
  };
}

/** Programs that look a name up themselves get a private address, which connect knows. */
function lookedUp(host, options) {
  const name = spelled(host);
  if (isRefused(name) && !isEmulated(name)) return { error: refusal(name) };
  if (!isEmulated(name)) return null;
  const place = { address: NETWORK + (1 + Math.max(0, hosts.indexOf(name)) % 254), family: 4 };
  return { place: options && options.all ? [place] : place };
}

function wrapLookup() {
  const lookup = dns.lookup;
  dns.lookup = function (host, options, callback) {
    const found = lookedUp(host, options);
    const done = typeof options === 'function' ? options : callback;
    if (!found || typeof done !== 'function') return lookup.apply(this, arguments);
    process.nextTick(() => {
      if (found.error) done(found.error);
      else if (Array.isArray(found.place)) done(null, found.place);
      else done(null, found.place.address, found.place.family);
    });
    return {};
  };
  const promised = dns.promises.lookup;
  dns.promises.lookup = async function (host, options) {
    const found = lookedUp(host, options);
    if (!found) return promised.apply(this, arguments);
    if (found.error) throw found.error;
    return found.place;
  };
}

if (port > 0 && process.env.OUTLOOK365_INTERCEPT !== '0') {
  wrapConnect();
  wrapLookup();
}
