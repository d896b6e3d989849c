import { expect } from 'chai';

import { isSecretName, MASK, mask, maskUrl, maskWithin } from '../../../lib/record/redaction';

describe('Redaction', () => {
  describe('takes for a secret', () => {
    for (const name of [
      'password', 'passwordHash', 'password_digest', 'PASSWORD', 'newPassword', 'password2', 'oldPasswords', 'passwd',
      'userPwd', 'passphrase', 'passcode', 'secret', 'clientSecret', 'client-secret', 'secrets', 'token', 'resetToken',
      'reset_token', 'tokens', 'accessToken', 'APIToken', 'apiKey', 'api_key', 'APIKey', 'apikey', 'X-Api-Key', 'apiKeys',
      'privateKey', 'private_key_pem', 'privatekey', 'secretkey', 'accessKeyId', 'awsAccessKey', 'encryptionKey', 'signing_key', 'credential',
      'credentials', 'authorization', 'Authorization', 'cookie', 'cookies', 'set-cookie', 'sessionId', 'session_id',
      'sessionid', 'otp', 'otpCode', 'totpSecret', 'mfa', 'cvv', 'cvc2', 'cardNumber', 'creditCard', 'creditcard', 'credit_card_last',
      'ssn', 'userSSN', 'SSNHash', 'salt', 'passwordSalt', '_token', 'token[]',
    ]) {
      it(name, () => {
        expect(isSecretName(name)).to.equal(true);
      });
    } // prettier-ignore
  });

  describe('does not take for a secret', () => {
    for (const name of [
      'tokenizer', 'tokenized', 'secretary', 'secretariat', 'Passport', 'passportNumber', 'passenger', 'keyboard', 'key',
      'author', 'authorId', 'authority', 'saltire', 'basalt', 'cookieless', 'compass', 'bypass', 'option', 'monkey',
      'name', 'id', '', '_', '42', 'sessionCount', 'cardinality', 'cardHolder', 'credit', 'apiVersion', 'assn', 'mfaculty',
      'publicKey', 'primaryKey', 'discardNumber', 'therapikey',
    ]) {
      it(name === '' ? 'the empty name' : name, () => {
        expect(isSecretName(name)).to.equal(false);
      });
    } // prettier-ignore
  });

  it('still tells whether there was a value', () => {
    expect(mask('hunter2')).to.equal(MASK);
    expect(mask('')).to.equal(MASK);
    expect(mask(0)).to.equal(MASK);
    expect(mask(null)).to.equal(null);
    expect(mask(undefined)).to.equal(undefined);
  });

  describe('within JSON', () => {
    it('masks secrets at every level, and nothing else', () => {
      const value = {
        name: 'a',
        token: 'x',
        list: [{ password: 'y', n: 1 }, 'token', null],
        deep: { deeper: { apiKey: { id: 1 }, salt: null } },
      };

      expect(maskWithin(value)).to.deep.equal({
        name: 'a',
        token: MASK,
        list: [{ password: MASK, n: 1 }, 'token', null],
        deep: { deeper: { apiKey: MASK, salt: null } },
      });
    });

    it('leaves the value given as it was', () => {
      const value = { deep: { token: 'x' }, list: [{ token: 'y' }] };

      maskWithin(value);

      expect(value).to.deep.equal({ deep: { token: 'x' }, list: [{ token: 'y' }] });
    });

    it('gives back the very same value where there are no secrets', () => {
      for (const value of [{ a: [{ b: NaN }] }, [1, NaN, { a: null }], 'token', 5, null, undefined]) {
        expect(maskWithin(value)).to.equal(value);
      }
    });

    it('masks secrets as deep as values are recorded', () => {
      let value: unknown = { password: 'hunter2' };
      for (let i = 0; i < 60; i++) value = i % 2 ? [value] : { value };

      expect(JSON.stringify(maskWithin(value)))
        .to.include(MASK)
        .and.not.include('hunter2');
    });

    it('keeps dates, buffers and instances of classes as they are', () => {
      class Money {
        token = 1;
      }
      const value = { date: new Date(), bytes: Buffer.from('a'), money: new Money() };

      expect(maskWithin(value)).to.equal(value);
    });

    it('ends soon, however often a value holds itself', () => {
      const circle: Record<string, unknown> = { password: 'hunter2' };
      for (const name of ['a', 'b', 'c', 'd']) circle[name] = circle;
      const list: unknown[] = [];
      list.push(list, list, list, list);

      const masked = maskWithin({ circle, list }) as { circle: Record<string, unknown> };

      expect(masked.circle['password']).to.equal(MASK);
    });

    it('handles keys named __proto__ as keys', () => {
      const masked = maskWithin(JSON.parse('{"__proto__":{"token":"x"},"a":1}')) as object;

      expect(Object.keys(masked)).to.deep.equal(['__proto__', 'a']);
      expect(JSON.stringify(masked)).to.equal(`{"__proto__":{"token":"${MASK}"},"a":1}`);
    });
  });

  describe('of a URL', () => {
    for (const [url, masked] of [
      ['/reset?token=abc', `/reset?token=${MASK}`],
      ['/reset?a=1&token=abc&b=2#top', `/reset?a=1&token=${MASK}&b=2#top`],
      ['/reset?a=1;apiKey=abc', `/reset?a=1;apiKey=${MASK}`],
      ['/reset?reset_token=a&password=b', `/reset?reset_token=${MASK}&password=${MASK}`],
      ['/reset?api%5Fkey=abc', `/reset?api%5Fkey=${MASK}`],
      ['/reset?user[password]=abc', `/reset?user[password]=${MASK}`],
      ['/reset?token=', `/reset?token=${MASK}`],
      ['/reset?token=a=b', `/reset?token=${MASK}`],
      ['/reset?%E0%A4%A=1&token=abc', `/reset?%E0%A4%A=1&token=${MASK}`],
      ['http://user:pass@host/a', `http://${MASK}@host/a`],
      ['https://token@host:1/a?token=b@c', `https://${MASK}@host:1/a?token=${MASK}`],
      ['HTTP://a@b:c@host', `HTTP://${MASK}@host`],
      ['//user:pass@host/a', `//${MASK}@host/a`],
    ] as const) {
      it(`masks secrets: ${url}`, () => {
        expect(maskUrl(url)).to.equal(masked);
      });
    }

    for (const url of [
      '',
      '/token/abc',
      '/a?b=1&c=token',
      '/a?token',
      '/search?q=a%20b',
      '/a?tokenizer=bpe',
      'http://host/users/@name?to=a@b',
      '/a//user:pass@b',
      'mailto:a@b',
    ]) {
      it(`leaves what is no secret: ${url || 'nothing'}`, () => {
        expect(maskUrl(url)).to.equal(url);
      });
    }
  });
});
