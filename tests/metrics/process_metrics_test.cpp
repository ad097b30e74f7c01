#include "metrics/process_metrics.hpp"
#include "tests/metrics/series.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace sluice {

namespace {

/// A folder that looks like /proc, gone at the end.
class fake_proc {
public:
  fake_proc() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sluice-proc-XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
    std::filesystem::create_directories(path_ + "/self/fd");
  }
  ~fake_proc() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  fake_proc(const fake_proc&) = delete;
  fake_proc& operator=(const fake_proc&) = delete;

  void write(const std::string& name, const std::string& text) { std::ofstream(path_ + "/" + name) << text; }
  const std::string& path() const { return path_; }

private:
  std::string path_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(process_metrics_test)

BOOST_AUTO_TEST_CASE(numbers_are_read_from_their_places_whatever_the_program_is_called) {
  fake_proc proc;
  // Fields 3 to 24 after a name with a space and parentheses; utime 14, stime 15, threads 20, start 22, vsize
  // 23, rss 24.
  proc.write("self/stat",
             "42 (a) (b c) S 4 5 6 7 8 9 10 11 12 13 300 200 16 17 18 19 7 21 1000 4096000 25 26\n");
  proc.write("stat", "cpu 1 2 3\nbtime 1700000000\nprocesses 5\n");
  proc.write("self/limits", "Limit      Soft Limit  Hard Limit  Units\nMax open files  1024  4096  files\n");
  for (const std::string number : {"0", "1", "2", "3"})
    proc.write("self/fd/" + number, "");

  const auto sample = read_process(proc.path());
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  BOOST_TEST(sample.cpu_seconds.value() == 500 / ticks);
  BOOST_TEST(sample.threads.value() == 7);
  BOOST_TEST(sample.virtual_bytes.value() == 4'096'000);
  BOOST_TEST(sample.resident_bytes.value() == 25.0 * static_cast<double>(::sysconf(_SC_PAGESIZE)));
  BOOST_TEST(sample.start_time.value() == 1'700'000'000 + 1000 / ticks);
  BOOST_TEST(sample.most_descriptors.value() == 1024);
  BOOST_TEST(sample.open_descriptors.value() == 3);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_left_out) {
  fake_proc proc;
  std::filesystem::remove_all(proc.path() + "/self");
  const auto sample = read_process(proc.path());
  BOOST_TEST(!sample.cpu_seconds.has_value());
  BOOST_TEST(!sample.open_descriptors.has_value());
  BOOST_TEST(render_process(sample).empty());
}

BOOST_AUTO_TEST_CASE(a_cut_off_stat_line_leaves_out_its_missing_fields) {
  fake_proc proc;
  proc.write("self/stat", "42 (a) S 4 5 6 7 8 9 10 11 12 13 300 200 16 17 18 19 7\n");
  const auto sample = read_process(proc.path());
  BOOST_TEST(sample.threads.value() == 7);
  BOOST_TEST(!sample.virtual_bytes.has_value());
  BOOST_TEST(!sample.start_time.has_value());
}

BOOST_AUTO_TEST_CASE(an_unlimited_number_of_descriptors_is_infinite) {
  fake_proc proc;
  proc.write("self/limits", "Max open files  unlimited  unlimited  files\n");
  const auto text = render_process(read_process(proc.path()));
  BOOST_TEST(text.find("process_max_fds +Inf") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_real_process_is_described_believably) {
  const auto before = read_process();
  const int extra = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const auto after = read_process();
  ::close(extra);
  BOOST_TEST(after.open_descriptors.value() == before.open_descriptors.value() + 1);
  BOOST_TEST(after.resident_bytes.value() > 1'000'000);
  BOOST_TEST(after.virtual_bytes.value() >= after.resident_bytes.value());
  BOOST_TEST(after.threads.value() >= 1);
  BOOST_TEST(after.start_time.value() <= static_cast<double>(std::time(nullptr)) + 2);
  BOOST_TEST(after.start_time.value() > 1'500'000'000);
}

BOOST_AUTO_TEST_CASE(every_number_is_rendered_under_its_conventional_name) {
  process_sample sample;
  sample.cpu_seconds = 1.25;
  sample.resident_bytes = 2;
  sample.virtual_bytes = 3;
  sample.open_descriptors = 4;
  sample.most_descriptors = 5;
  sample.start_time = 1'700'000'000.5;
  sample.threads = 7;
  const auto all = testing::parse_series(render_process(sample));
  BOOST_TEST(all.at("process_cpu_seconds_total") == 1.25);
  BOOST_TEST(all.at("process_resident_memory_bytes") == 2);
  BOOST_TEST(all.at("process_virtual_memory_bytes") == 3);
  BOOST_TEST(all.at("process_open_fds") == 4);
  BOOST_TEST(all.at("process_max_fds") == 5);
  BOOST_TEST(all.at("process_start_time_seconds") == 1'700'000'000.5);
  BOOST_TEST(all.at("process_threads") == 7);
}

BOOST_AUTO_TEST_CASE(the_build_is_told_by_labels) {
  const auto text = render_build("1.2.3");
  BOOST_TEST(text.find("sluice_build_info{version=\"1.2.3\",compiler=\"") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice
