import { describe, expect, it } from 'vitest';
import { addressFault, urlFault } from '../../src/domain/address-policy.ts';

const open = { privateAddresses: true, plainHttp: true };
const strict = { privateAddresses: false, plainHttp: false };

describe('an address', () => {
  it.each([
    '169.254.169.254',
    '169.254.0.23',
    '100.100.100.200',
    '0.0.0.0',
    '192.0.0.192',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    'fe80::1',
    'fd00:ec2::254',
    'ff02::1',
    '168.63.129.16',
    'fd20:ce::254',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b::7f00:1',
    '2002:a9fe:a9fe::',
    '2001::1',
    '::ffff:0:7f00:1',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '::169.254.169.254',
    '::a9fe:a9fe',
    'fd00:42::42',
    '2002:a9fe:a9fe::1',
  ])('%s is never called under any configuration', (address) => {
    expect(addressFault(address, open)).toBe('is an address that Godwit never calls');
  });

  it.each([
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    '127.0.0.1',
    '127.9.9.9',
    '198.18.0.1',
    '::1',
    'fc00::1',
    'fd12:3456::1',
    'fec0::1',
    '::127.0.0.1',
    '::ffff:10.0.0.1',
    '::ffff:7f00:1',
  ])('%s is called only if private addresses are allowed', (address) => {
    expect(addressFault(address, strict)).toBe('is an address of a private network');
    expect(addressFault(address, open)).toBeNull();
  });

  it.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '198.20.0.1', '2400:3200::1', '::ffff:8.8.8.8'])(
    '%s is always called',
    (address) => {
      expect(addressFault(address, strict)).toBeNull();
    },
  );

  it('an address must be a literal IP address', () => {
    expect(addressFault('example.com', open)).toBe('is not an address');
  });
});

describe('the URL of a webhook receiver', () => {
  it.each<[string, string | null]>([
    ['https://hooks.example.com/godwit?token=x', null],
    ['https://8.8.8.8:8443/', null],
    ['http://hooks.example.com/', 'must begin with `https:`.'],
    ['ftp://hooks.example.com/', 'must begin with `https:`.'],
    ['file:///etc/passwd', 'must begin with `https:`.'],
    ['hooks.example.com', 'is not a URL.'],
    ['https://user:word@hooks.example.com/', 'must not carry user information.'],
    ['https://hooks.example.com/#part', 'must not carry a fragment.'],
    ['https://10.0.0.1/', 'is an address of a private network.'],
    // One address in the forms that the URL parser accepts.
    ['https://0x0a000001/', 'is an address of a private network.'],
    ['https://[::ffff:10.0.0.1]/', 'is an address of a private network.'],
    ['https://169.254.169.254/latest', 'is an address that Godwit never calls.'],
    ['https://2852039166/', 'is an address that Godwit never calls.'],
    ['https://localhost/', 'is this machine; the configuration does not allow private addresses.'],
    ['https://api.localhost/', 'is this machine; the configuration does not allow private addresses.'],
    ['https://127.1/', 'is this machine; the configuration does not allow private addresses.'],
    ['https://[::1]/', 'is this machine; the configuration does not allow private addresses.'],
  ])('%s has the fault %s', (url, fault) => {
    expect(urlFault(url, strict)).toBe(fault);
  });

  it('may use plain HTTP on this machine or elsewhere only if the configuration allows it', () => {
    const atHome = { privateAddresses: true, plainHttp: false };
    expect(urlFault('http://127.0.0.1:9000/', atHome)).toBeNull();
    expect(urlFault('http://[::1]:9000/', atHome)).toBeNull();
    expect(urlFault('http://localhost:9000/', atHome)).toBeNull();
    expect(urlFault('http://10.0.0.1/', atHome)).toBe('must begin with `https:`.');
    expect(urlFault('http://10.0.0.1/', open)).toBeNull();
    expect(urlFault('http://hooks.example.com/', open)).toBeNull();
    expect(urlFault('http://169.254.169.254/', open)).toBe('is an address that Godwit never calls.');
  });
});
