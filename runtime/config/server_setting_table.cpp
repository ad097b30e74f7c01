#include "runtime/config/server_setting.hpp"

#include <algorithm>

namespace sluice {

namespace {

using top = server_settings;
using http = top::http_settings;
using tls = top::tls_settings;
using security = top::security_settings;
using jwt = top::jwt_settings;
using stored = top::store_settings;
using worker = top::worker_settings;
using ruled = top::rules_settings;
using logged = top::log_settings;

/// The member that a path of member pointers leads to.
template <auto... Members>
constexpr auto member = [](server_settings& in) -> auto& {
  return (in.*....*Members);
};

constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t mib = 1024 * kib;
constexpr std::uint64_t second = 1'000;
constexpr std::uint64_t hour = 3'600 * second;
constexpr std::uint64_t most_kept = 100 * 365 * 24 * hour;

const server_setting settings[] = {
    {.name = "http.listen",
     .place = member<&top::http, &http::listen>,
     .meaning =
         "Address, as digits, and port to listen on; port 0 is any free one. Other machines can connect "
         "only when a token or JWT is set up."},
    {.name = "http.connections",
     .place = member<&top::http, &http::connections>,
     .meaning = "Connections served at a time.",
     .least = 1,
     .most = 100'000},
    {.name = "http.header_bytes",
     .place = member<&top::http, &http::header_bytes>,
     .meaning = "Largest first line and header fields of a request; beyond, 431.",
     .least = kib,
     .most = mib,
     .is_size = true},
    {.name = "http.body_bytes",
     .place = member<&top::http, &http::body_bytes>,
     .meaning = "Largest body of a request; beyond, 413.",
     .least = kib,
     .most = 256 * mib,
     .is_size = true},
    {.name = "http.read_timeout",
     .place = member<&top::http, &http::read_timeout>,
     .meaning = "Time for a whole request to arrive; beyond, the connection is closed.",
     .least = 100,
     .most = hour},
    {.name = "http.write_timeout",
     .place = member<&top::http, &http::write_timeout>,
     .meaning = "Time for a client to take a whole answer; beyond, the connection is closed.",
     .least = 100,
     .most = hour},
    {.name = "http.stream_bytes",
     .place = member<&top::http, &http::stream_bytes>,
     .meaning =
         "Bytes of live events that may wait for one slow reader; beyond, it is cut off and can resume.",
     .least = 4 * kib,
     .most = 1024 * mib,
     .is_size = true},
    {.name = "http.tls.certificate",
     .place = member<&top::http, &http::tls, &tls::certificate>,
     .meaning = "PEM file with the certificate and those that signed it. With it and the key, only HTTPS is "
                "served. What is in the file is read again at SIGHUP."},
    {.name = "http.tls.key",
     .place = member<&top::http, &http::tls, &tls::key>,
     .meaning = "PEM file with the certificate's private key; read again at SIGHUP."},
    {.name = "security.admin_token",
     .place = member<&top::security, &security::admin_token>,
     .meaning =
         "Token that may do everything: 16 to 4096 visible ASCII characters. Better in a file of its own.",
     .is_secret = true,
     .is_live = true},
    {.name = "security.admin_token_file",
     .place = member<&top::security, &security::admin_token_file>,
     .meaning = "File with the admin token; only its owner and group may have access to it.",
     .is_live = true},
    {.name = "security.read_token",
     .place = member<&top::security, &security::read_token>,
     .meaning = "Token that may look at everything and change nothing; as the admin token.",
     .is_secret = true,
     .is_live = true},
    {.name = "security.read_token_file",
     .place = member<&top::security, &security::read_token_file>,
     .meaning = "File with the read token; as that of the admin token.",
     .is_live = true},
    {.name = "security.allow_unauthenticated_exec",
     .place = member<&top::security, &security::allow_unauthenticated_exec>,
     .meaning = "Where no token and no JWT is set up: take runs and flows that start programs, open files or "
                "call servers. Whoever can use a local port can then do that, too.",
     .is_live = true},
    {.name = "security.hosts",
     .place = member<&top::security, &security::hosts>,
     .meaning =
         "Host names, besides those of loopback, under which the server may be asked where no token and "
         "no JWT is set up.",
     .is_live = true},
    {.name = "security.jwt.secret",
     .place = member<&top::security, &security::jwt, &jwt::secret>,
     .meaning =
         "Secret of JSON Web Tokens signed with HS256: at least 32 bytes. Better in a file of its own.",
     .is_secret = true,
     .is_live = true},
    {.name = "security.jwt.secret_file",
     .place = member<&top::security, &security::jwt, &jwt::secret_file>,
     .meaning = "File with the secret of HS256; as that of the admin token.",
     .is_live = true},
    {.name = "security.jwt.jwks_file",
     .place = member<&top::security, &security::jwt, &jwt::jwks_file>,
     .meaning =
         "File with a JSON Web Key Set: the public RSA keys, of 2048 bits or more, of tokens signed with "
         "RS256.",
     .is_live = true},
    {.name = "security.jwt.issuer",
     .place = member<&top::security, &security::jwt, &jwt::issuer>,
     .meaning = "What `iss` must be in a token.",
     .is_live = true},
    {.name = "security.jwt.audience",
     .place = member<&top::security, &security::jwt, &jwt::audience>,
     .meaning = "What `aud` must be, or contain, in a token. Not set: tokens that have an `aud` are refused.",
     .is_live = true},
    {.name = "security.jwt.role_claim",
     .place = member<&top::security, &security::jwt, &jwt::role_claim>,
     .meaning =
         "The claim that names the caller's role, or lists roles; `a.b` is the member b of the claim a.",
     .is_live = true},
    {.name = "security.jwt.admin_value",
     .place = member<&top::security, &security::jwt, &jwt::admin_value>,
     .meaning = "The role that may do everything.",
     .is_live = true},
    {.name = "security.jwt.read_value",
     .place = member<&top::security, &security::jwt, &jwt::read_value>,
     .meaning = "The role that may look at everything and change nothing.",
     .is_live = true},
    {.name = "store.database",
     .place = member<&top::store, &stored::database>,
     .meaning = "SQLite file with runs, lanes, leases, rules and the audit log; made when it is not there."},
    {.name = "store.ephemeral",
     .place = member<&top::store, &stored::ephemeral>,
     .meaning = "Keep everything in memory: it is gone with the process."},
    {.name = "store.keep_runs",
     .place = member<&top::store, &stored::keep_runs>,
     .meaning = "How long a run is kept after its end, with its steps, events and commands; 0s: for ever.",
     .most = most_kept,
     .is_live = true},
    {.name = "store.keep_audit",
     .place = member<&top::store, &stored::keep_audit>,
     .meaning = "How long rows of the audit log are kept; 0s: for ever.",
     .most = most_kept,
     .is_live = true},
    {.name = "worker.enabled",
     .place = member<&top::worker, &worker::enabled>,
     .meaning = "Work on runs. Not set: the server takes and shows runs, and others work on them."},
    {.name = "worker.lanes",
     .place = member<&top::worker, &worker::lanes>,
     .meaning = "Lanes to work on, each `lane`, of the env default, or `env/lane`."},
    {.name = "worker.parallel_runs",
     .place = member<&top::worker, &worker::parallel_runs>,
     .meaning = "Runs in hand at a time.",
     .least = 1,
     .most = 100'000},
    {.name = "worker.parallel_steps",
     .place = member<&top::worker, &worker::parallel_steps>,
     .meaning = "Steps of one run under way at a time.",
     .least = 1,
     .most = 1'000},
    {.name = "worker.max_ticks",
     .place = member<&top::worker, &worker::caps, &invocation_caps::ticks>,
     .meaning = "Steps that the worker takes until the server is started again. Not set: no limit.",
     .least = 1,
     .most = INT64_MAX},
    {.name = "worker.max_ticks_per_run",
     .place = member<&top::worker, &worker::caps, &invocation_caps::ticks_per_run>,
     .meaning =
         "Steps of one run that the worker takes until the server is started again. Not set: no limit.",
     .least = 1,
     .most = INT64_MAX},
    {.name = "worker.lease_ttl",
     .place = member<&top::worker, &worker::lease_ttl>,
     .meaning = "After how long others may take over a run when this process stands still.",
     .least = static_cast<std::uint64_t>(defaults::lease_ttl_minimum.count()),
     .most = static_cast<std::uint64_t>(defaults::lease_ttl_limit.count())},
    {.name = "worker.step_grace",
     .place = member<&top::worker, &worker::step_grace>,
     .meaning = "Time that a cancelled step has to end before it is killed.",
     .most = hour},
    {.name = "flows",
     .place = member<&top::flows>,
     .meaning =
         "Graphs that run from the server's start on: a list of `{ name: NAME, file: FILE }`. Without a "
         "name it is that of the file."},
    {.name = "rules.directory",
     .place = member<&top::rules, &ruled::directory>,
     .meaning = "Directory with the operators' rules, a YAML file each. Not set: the rules are those of the "
                "database.",
     .is_directory = true},
    {.name = "rules.sync",
     .place = member<&top::rules, &ruled::sync>,
     .meaning = "Copy the directory's rules into the database, at the start and as they change: the server's "
                "rules, with their states, are then those of the database."},
    {.name = "log.level",
     .place = member<&top::log, &logged::level>,
     .meaning = "The least that is logged.",
     .choices = {"debug", "info", "warning", "error"},
     .is_live = true},
    {.name = "log.format",
     .place = member<&top::log, &logged::format>,
     .meaning = "How it is logged. Not set: text on a terminal, JSON elsewhere.",
     .choices = {"text", "json"}},
    {.name = "threads",
     .place = member<&top::threads>,
     .meaning = "Threads that carry out flows and steps; 0: one per core.",
     .most = 1'024},
    {.name = "shutdown_timeout",
     .place = member<&top::shutdown_timeout>,
     .meaning = "Time from SIGTERM to the end: runs reach a step boundary, flows drain.",
     .least = second,
     .most = hour,
     .is_live = true},
};

} // namespace

std::span<const server_setting> server_setting_table() noexcept {
  return settings;
}

const server_setting* find_server_setting(std::string_view name) noexcept {
  const auto* const found = std::find_if(std::begin(settings), std::end(settings),
                                         [&](const server_setting& one) { return one.name == name; });
  return found == std::end(settings) ? nullptr : found;
}

} // namespace sluice
