#include "actors/rules/parallel_rules.hpp"

#include "model/rules/rule_reader.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace sluice {

namespace {

/// Texts for which another thread is begun: some ten milliseconds of work.
constexpr std::size_t worth_a_thread = 256;
/// Texts that a thread takes at a time.
constexpr std::size_t share = 16;
constexpr unsigned most_threads = 4;

/// Texts that several threads read, each as many as it comes to.
class shared_batch {
public:
  explicit shared_batch(std::span<const std::string_view> texts) : texts_(texts), made_(texts.size()) {}

  /// Reads until nothing is left.
  void help() noexcept {
    try {
      for (auto first = next_.fetch_add(share); first < texts_.size(); first = next_.fetch_add(share))
        for (auto i = first; i < std::min(first + share, texts_.size()); ++i)
          made_[i].definition = read_rule(texts_[i], made_[i].wrong);
    } catch (...) {
      const std::lock_guard lock(mutex_);
      failure_ = std::current_exception();
    }
  }

  /// When nobody helps any more.
  std::vector<rule_reading> take() {
    if (failure_)
      std::rethrow_exception(failure_);
    return std::move(made_);
  }

private:
  std::span<const std::string_view> texts_;
  std::vector<rule_reading> made_;
  std::atomic<std::size_t> next_{0};
  std::mutex mutex_;
  std::exception_ptr failure_;
};

/// Threads that help with a batch; waits for them.
class batch_helpers {
public:
  batch_helpers(shared_batch& batch, std::size_t count) {
    threads_.reserve(count);
    try {
      while (threads_.size() < count)
        threads_.emplace_back([&batch] { batch.help(); });
    } catch (const std::system_error&) {
      // There are none left; those that are there do it.
    }
  }
  batch_helpers(const batch_helpers&) = delete;
  batch_helpers& operator=(const batch_helpers&) = delete;
  ~batch_helpers() {
    for (auto& each : threads_)
      each.join();
  }

private:
  std::vector<std::thread> threads_;
};

} // namespace

rule_batch_reader read_rules_in_parallel(unsigned threads) {
  return [threads](std::span<const std::string_view> texts) {
    const auto wanted = std::min<std::size_t>(threads, texts.size() / worth_a_thread);
    shared_batch batch(texts);
    {
      const batch_helpers helpers(batch, wanted < 2 ? 0 : wanted - 1);
      batch.help();
    }
    return batch.take();
  };
}

unsigned rule_reading_threads() noexcept {
  return std::clamp(std::thread::hardware_concurrency(), 1U, most_threads);
}

} // namespace sluice
