#pragma once

#include "model/base/defaults.hpp"
#include "model/run/run_defaults.hpp"
#include "model/run/tick_rules.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// Everything that `sluice serve` can be told: the configuration file, SLUICE_* variables over it
/// (docs/configuration.md). Text only: paths and addresses are looked at by whoever uses them.
struct server_settings {
  struct tls_settings {
    /// PEM files; both or neither.
    std::filesystem::path certificate;
    std::filesystem::path key;
  };

  struct http_settings {
    /// Digits and a port: `127.0.0.1:9464`, `[::1]:0`, `0.0.0.0:9464`. Other machines need a token or a JWT.
    std::string listen = "127.0.0.1:9464";
    std::size_t connections = 1024;
    std::size_t header_bytes = 16 * 1024;
    std::size_t body_bytes = 4 * 1024 * 1024;
    std::chrono::milliseconds read_timeout{10'000};
    std::chrono::milliseconds write_timeout{30'000};
    /// For readers of live events.
    std::size_t stream_bytes = 1024 * 1024;
    tls_settings tls;
  };

  struct jwt_settings {
    /// Secret of HS256; empty: not taken.
    std::string secret;
    /// Where it was read from; see `security_settings`.
    std::filesystem::path secret_file;
    /// JWKS with keys of RS256; empty: not taken.
    std::filesystem::path jwks_file;
    /// Must be as in the token, if set. A token that names an audience is refused where none is set (RFC
    /// 7519, 4.1.3).
    std::string issuer;
    std::string audience;
    /// The claim that names the role, and its values; a token with neither has none. `a.b`: the member b of
    /// the claim a.
    std::string role_claim = "role";
    std::string admin_value = "admin";
    std::string read_value = "read";
  };

  struct security_settings {
    /// Secrets; empty: there is none. From a file, the environment or, last, the text itself.
    std::string admin_token;
    std::string read_token;
    /// Where they were read from, to read them again at SIGHUP.
    std::filesystem::path admin_token_file;
    std::filesystem::path read_token_file;
    jwt_settings jwt;
    /// Without a token: take runs and flows that start programs, open files or call servers.
    bool allow_unauthenticated_exec = false;
    /// Host names, besides loopback, that browsers may use for this server (against DNS rebinding).
    std::vector<std::string> hosts;
  };

  struct store_settings {
    std::filesystem::path database = "sluice.db";
    /// No file: everything is gone with the process.
    bool ephemeral = false;
    /// How long runs are kept after their end, and rows of the audit log; 0: for ever.
    std::chrono::milliseconds keep_runs{0};
    std::chrono::milliseconds keep_audit{0};
  };

  struct worker_settings {
    /// None: the file says nothing (`worker_gate`).
    std::optional<bool> enabled;
    /// `lane` or `env/lane`.
    std::vector<std::string> lanes = {"default/default"};
    std::size_t parallel_runs = defaults::parallel_runs;
    std::size_t parallel_steps = defaults::parallel_steps;
    invocation_caps caps;
    std::chrono::milliseconds lease_ttl = defaults::lease_ttl;
    std::chrono::milliseconds step_grace = defaults::step_grace;
  };

  struct rules_settings {
    /// Kept by the server; empty: its rules are those of its database.
    std::filesystem::path directory;
    /// The database's rules are made those of the directory, and follow it.
    bool sync = false;
  };

  /// A graph that runs from the server's start to its end.
  struct flow_settings {
    std::string name;
    std::filesystem::path file;

    friend bool operator==(const flow_settings&, const flow_settings&) = default;
  };

  struct log_settings {
    std::string level = "info";
    /// `text` or `json`; empty: text on a terminal, JSON elsewhere.
    std::string format;
  };

  http_settings http;
  security_settings security;
  store_settings store;
  worker_settings worker;
  std::vector<flow_settings> flows;
  rules_settings rules;
  log_settings log;
  /// Worker threads of the actor system; 0: one per core.
  std::size_t threads = 0;
  /// From SIGTERM to the end: runs reach a step boundary, flows drain.
  std::chrono::milliseconds shutdown_timeout{30'000};
};

/// True when a token or JWT is set up, so that callers can be told apart.
inline bool has_credentials(const server_settings::security_settings& security) {
  return !security.admin_token.empty() || !security.read_token.empty() || !security.jwt.secret.empty() ||
         !security.jwt.jwks_file.empty();
}

} // namespace sluice
