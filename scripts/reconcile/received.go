package main

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// kept is how long CloudWatch keeps sums of an hour.
const kept = 455 * 24 * time.Hour

// received says how many mails SES received for our rule, and where the number is from. It
// is below zero where nobody knows: the sum of a range that CloudWatch has forgotten in
// part would be too small, and a metric without a single point may as well be one that we
// cannot see.
func received(ctx context.Context, cfg aws.Config, o options, now time.Time) (n int, source string, err error) {
	switch {
	case o.received >= 0:
		return o.received, "given by hand", nil
	case o.rule == "":
		return -1, "not known: name the receipt rule with -rule, or give the number with -received", nil
	case now.Sub(o.span.From) > kept:
		return -1, "not known: CloudWatch keeps 455 days; give the number with -received", nil
	}
	sum, points, err := sumOf(ctx, cfg, "Received", o)
	if err != nil {
		return -1, "", fmt.Errorf("read what SES received, which needs cloudwatch:GetMetricData (or give the number with -received): %w", err)
	}
	if points == 0 {
		return -1, "not known: SES has no metric for rule " + o.rule + " in this range; give the number with -received", nil
	}
	return int(sum + 0.5), "metric of SES for rule " + o.rule, nil
}

// sumOf adds a metric of the receipt rule up, by the hour.
func sumOf(ctx context.Context, cfg aws.Config, metric string, o options) (sum float64, points int, err error) {
	pages := cloudwatch.NewGetMetricDataPaginator(cloudwatch.NewFromConfig(cfg), &cloudwatch.GetMetricDataInput{
		StartTime: &o.span.From, EndTime: &o.span.To,
		MetricDataQueries: []types.MetricDataQuery{{Id: aws.String("m"), MetricStat: &types.MetricStat{
			Metric: &types.Metric{Namespace: aws.String("AWS/SES"), MetricName: &metric,
				Dimensions: []types.Dimension{{Name: aws.String("RuleName"), Value: &o.rule}}},
			Period: aws.Int32(3600), Stat: aws.String("Sum"),
		}}},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return 0, 0, err
		}
		for _, result := range page.MetricDataResults {
			for _, v := range result.Values {
				sum += v
				points++
			}
		}
	}
	return sum, points, nil
}
