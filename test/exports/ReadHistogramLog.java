import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;

/** Reads a log with the reader of HdrHistogram itself, and prints a line for each tag: count, p50, p99 and maximum. */
class ReadHistogramLog {
  public static void main(String[] words) throws Exception {
    Map<String, Histogram> byTag = new TreeMap<>();
    HistogramLogReader reader = new HistogramLogReader(words[0]);
    while (reader.hasNext()) {
      EncodableHistogram interval = reader.nextIntervalHistogram();
      if (interval == null) break;
      Histogram histogram = (Histogram) interval;
      byTag
          .computeIfAbsent(histogram.getTag(), tag -> new Histogram(histogram.getNumberOfSignificantValueDigits()))
          .add(histogram);
    }
    byTag.forEach((tag, all) ->
        System.out.println(String.join(" ", tag, Long.toString(all.getTotalCount()),
            Long.toString(all.getValueAtPercentile(50)), Long.toString(all.getValueAtPercentile(99)),
            Long.toString(all.getMaxValue()))));
  }
}
