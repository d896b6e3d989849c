// pm2: an application in /srv/shop and its audit workers.
//
//   pm2 start ecosystem.config.cjs && pm2 save
//
// pm2 stops processes with SIGINT, which the worker takes like SIGTERM. For your application set
// PM2_KILL_SIGNAL=SIGTERM when you start pm2 for the first time, if it listens for SIGTERM only.

const environment = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://shop@127.0.0.1/shop',
  AUDIT_DRIVER: 'redis',
  AUDIT_REDIS_URL: 'redis://127.0.0.1:6379',
  AUDIT_DIR: '/var/lib/shop-audit',
};

module.exports = {
  apps: [
    {
      name: 'shop',
      script: 'server.js',
      cwd: '/srv/shop',
      kill_timeout: 30_000,
      env: environment,
    },
    {
      name: 'audit-worker',
      script: 'node_modules/.bin/audit',
      args: 'work',
      cwd: '/srv/shop',
      // With driver "embedded" one is enough.
      instances: 2,
      exec_mode: 'fork',
      autorestart: true,
      // An outage of the database can be longer than any number of tries: wait longer each time, go on for ever.
      exp_backoff_restart_delay: 200,
      // Above the worker's grace time of 10 seconds; pm2's own is 1.6.
      kill_timeout: 30_000,
      env: environment,
    },
  ],
};
