/** From the settings to what the environment resolver takes. */
import type { Config } from '../../config/settings.ts';
import type { EnvironmentConfig } from '../../python/context/context.ts';

export function environmentConfig(config: Config): EnvironmentConfig {
  return {
    pythonPath: config.python,
    uvPath: config.uv,
    indexUrl: config.index_url,
    allowedSources: config.allowed_sources,
    findLinks: config.find_links,
    noIndex: config.no_index,
    excludeNewer: config.exclude_newer,
    offline: config.offline,
    buildEnvironment: config.build_environment,
    buildTimeoutSeconds: config.environment_timeout_seconds,
    cacheMaxAgeDays: config.environment_max_age_days,
    cacheMaxBytes: config.environments_max_bytes,
  };
}
