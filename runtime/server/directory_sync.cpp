#include "runtime/server/directory_sync.hpp"

#include "model/base/error.hpp"
#include "model/rules/rule_reader.hpp"
#include "runtime/server/rule_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <future>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

namespace sluice {

namespace {

/// Who the audit log says has copied them: the settings of the server.
constexpr const char* copied_by = "configuration";
constexpr std::size_t page_length = 500;
/// Until the next try, while a copy has failed or something could not be removed.
constexpr std::chrono::seconds behind_pause{5};
/// Copies that may wait because somebody has asked for them.
constexpr std::size_t most_orders = 16;

/// Adds what the database has of `source` and `view` has not: a rule that is there again is not removed. What
/// cannot be read is not there for a node either.
void keep_rules(store& in, const std::string& source, rule_view& view) {
  std::string after;
  for (auto page = in.rules().list(after, page_length); !page.empty();
       page = in.rules().list(after, page_length)) {
    for (const auto& row : page) {
      auto& seen = view[row.id];
      findings ignored;
      if (row.source == source && !seen.definition)
        if (auto definition = read_rule(row.definition, ignored))
          seen.definition = std::make_shared<const rule>(*std::move(definition));
    }
    after = page.back().id;
  }
}

bool has_errors(const std::vector<rule_finding>& findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](const rule_finding& one) { return one.what.is_error(); });
}

bool is_definition(const rule_change& change) {
  return change.what == rule_change_kind::defined || change.what == rule_change_kind::removed;
}

} // namespace

rule_sync copy_rules(store& in, const rule_view& from, bool complete, const std::string& source,
                     const std::string& by, utc_time now) {
  if (complete)
    return sync_rules(in, from, source, by, now);
  auto all = from;
  keep_rules(in, source, all);
  return sync_rules(in, all, source, by, now);
}

/// Copies on a thread of its own: the directory is read before the transaction begins, so that nobody waits
/// for a disk with the store in hand. Changes that come meanwhile are in the next copy.
class directory_sync::copier {
public:
  copier(rule_book from, run_runtime& into, log_sink log)
      : from_(std::move(from)),
        into_(&into),
        log_(std::move(log)),
        source_(rule_source(from_.place().path)) {}

  /// Waits, and throws what went wrong.
  void copy_first() {
    const auto made = copy(copied_by, true);
    behind_ = !made || !made->complete;
  }

  void begin() {
    thread_ = std::thread([this] { follow(); });
  }

  /// Does not wait.
  void copy_soon() {
    const std::lock_guard lock(mutex_);
    wanted_ = true;
    changed_.notify_all();
  }

  void order(std::string by, ending done) {
    const std::lock_guard lock(mutex_);
    if (closed_)
      throw error("draining", "the server is going down: nothing is copied any more");
    if (orders_.size() >= most_orders)
      throw error("too_busy", "as many copies of the directory wait as may; try again");
    orders_.push_back({std::move(by), std::move(done)});
    changed_.notify_all();
  }

  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
      changed_.notify_all();
    }
    if (thread_.joinable())
      thread_.join();
    for (const auto& each : orders_)
      each.done(std::make_exception_ptr(error("draining", "the server is going down: nothing was copied")),
                {});
    orders_.clear();
  }

private:
  /// A copy that somebody has asked for.
  struct copy_order {
    std::string by;
    ending done;
  };

  void follow() {
    std::unique_lock lock(mutex_);
    while (true) {
      const auto reason = [this] { return wanted_ || closed_ || !orders_.empty(); };
      if (behind_)
        changed_.wait_for(lock, behind_pause, reason);
      else
        changed_.wait(lock, reason);
      if (closed_)
        return;
      std::optional<copy_order> asked;
      if (!orders_.empty()) {
        asked = std::move(orders_.front());
        orders_.pop_front();
      }
      const bool anew = !asked && std::exchange(wanted_, false);
      lock.unlock();
      const bool whole = asked ? carry_out(*asked) : try_copy(anew);
      lock.lock();
      behind_ = !whole;
    }
  }

  bool carry_out(const copy_order& asked) noexcept {
    rule_copy made;
    std::exception_ptr failure;
    try {
      made = copy(asked.by, true).value();
      failed_.reset();
    } catch (...) {
      failure = std::current_exception();
    }
    asked.done(failure, made);
    return !failure && made.complete;
  }

  bool try_copy(bool anew) noexcept {
    try {
      const auto made = copy(copied_by, anew || failed_);
      failed_.reset();
      return made && made->complete;
    } catch (const std::exception& trouble) {
      if (failed_ != trouble.what())
        log(log_level::error, "rules_not_synced",
            fmt::format("rules of '{}' cannot be copied into the database: {}; it is tried again", source_,
                        trouble.what()));
      failed_ = trouble.what();
      return false;
    }
  }

  /// `anew`: copies even if nothing can be removed yet, and returns what that came to.
  std::optional<rule_copy> copy(const std::string& by, bool anew) {
    rule_copy made;
    // Before the view: a rule that is mended in between is in the view then.
    made.findings.shown = from_.findings();
    made.complete = !has_errors(made.findings.shown);
    if (!made.complete && !anew)
      return std::nullopt;
    made.done = write(by, made.complete);
    log(log_level::info, "rules_synced",
        fmt::format("rules of '{}': {} defined, {} removed, {} unchanged{}", source_, made.done.defined,
                    made.done.removed, made.done.unchanged,
                    made.complete ? "" : "; nothing is removed while the directory has errors"));
    return made;
  }

  rule_sync write(const std::string& by, bool complete) {
    const auto view = std::make_shared<const rule_view>(from_.view());
    auto done = std::make_shared<rule_sync>();
    auto ended = std::make_shared<std::promise<void>>();
    into_->write_async(
        [view, complete, source = source_, by, done](store& in, utc_time now) {
          *done = copy_rules(in, *view, complete, source, by, now);
        },
        [ended](const std::exception_ptr& failure) {
          if (failure)
            ended->set_exception(failure);
          else
            ended->set_value();
        });
    ended->get_future().get();
    return *done;
  }

  void log(log_level level, std::string_view event, const std::string& text) const {
    if (log_)
      log_(level, event, text);
  }

  rule_book from_;
  run_runtime* into_;
  log_sink log_;
  std::string source_;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool wanted_ = false;
  bool closed_ = false;
  std::deque<copy_order> orders_;
  // Of whoever copies.
  bool behind_ = false;
  std::optional<std::string> failed_;
};

directory_sync::directory_sync(rule_book from, run_runtime& into, log_sink log)
    : copier_(std::make_shared<copier>(from, into, std::move(log))) {
  // First, so that no change falls between the copy and the listener.
  subscription_ = from.subscribe([copier = copier_](const rule_change& change) {
                        if (is_definition(change))
                          copier->copy_soon();
                      })
                      .subscription;
  copier_->copy_first();
  copier_->begin();
}

void directory_sync::copy_now(std::string by, ending done) const {
  copier_->order(std::move(by), std::move(done));
}

directory_sync::~directory_sync() {
  subscription_.reset();
  copier_->close();
}

} // namespace sluice
