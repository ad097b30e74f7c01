#include "runtime/cli/rules_place.hpp"

#include "persistence/rules/database_rules.hpp"
#include "persistence/rules/directory_rules.hpp"
#include "runtime/cli/database_file.hpp"
#include "runtime/cli/http_rules_client.hpp"
#include "runtime/cli/http_target.hpp"
#include "runtime/cli/plain_log.hpp"
#include "runtime/cli/rules_database.hpp"
#include "runtime/cli/store_rules_client.hpp"
#include "runtime/server/rule_history.hpp"

#include <chrono>
#include <utility>

namespace sluice {

namespace {

/// Follows the changes of a database by their numbers.
class database_follower final : public rules_follower {
public:
  database_follower(std::shared_ptr<rules_database> database, std::optional<std::int64_t> since)
      : database_(std::move(database)), since_(since.value_or(0)) {}

  std::vector<rule_present> begin() override {
    rule_beginning beginning;
    database_->read([&beginning](store& in, utc_time) { beginning = read_rule_beginning(in); });
    since_ = beginning.last_change;
    return std::move(beginning.rules);
  }
  std::vector<rule_change_row> changes() override {
    constexpr std::size_t page = 1'000;
    std::vector<rule_change_row> changes;
    database_->read([this, &changes](store& in, utc_time) { changes = read_rule_changes(in, since_, page); });
    if (!changes.empty())
      since_ = changes.back().id;
    return changes;
  }
  std::chrono::milliseconds interval() const noexcept override { return std::chrono::milliseconds{50}; }

private:
  std::shared_ptr<rules_database> database_;
  std::int64_t since_;
};

} // namespace

int with_rules_client(const rules_arguments& place, cli_streams& streams,
                      const std::function<int(rules_client&)>& work) {
  if (!place.directory.empty()) {
    plain_log log(streams);
    store_rules_client client(open_rule_directory(place.directory, wall_clock, log.sink()), wall_clock);
    return work(client);
  }
  if (prefers_server(place.database, place.server, streams)) {
    http_rules_client client(find_server(place.server, streams));
    return work(client);
  }
  const auto client = open_database_client(find_database(place.database, streams), wall_clock);
  return work(*client);
}

std::unique_ptr<rules_client> open_database_client(const std::filesystem::path& file,
                                                   std::function<utc_time()> clock) {
  auto database = std::make_shared<rules_database>(file, clock);
  auto rules = open_database_rules(transactions_of(database));
  return std::make_unique<store_rules_client>(std::move(rules), std::move(clock),
                                              [database](std::optional<std::int64_t> since) {
                                                return std::make_unique<database_follower>(database, since);
                                              });
}

utc_time wall_clock() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

} // namespace sluice
