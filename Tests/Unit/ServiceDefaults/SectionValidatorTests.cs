using Fleet.ServiceDefaults.Options;

namespace Fleet.Tests.ServiceDefaults;

public sealed class SectionValidatorTests
{
    [Fact]
    public void Validate_ValueThatIsNotAllowed_NamesSettingValueAndTheAllowedValues() =>
        Assert.Equal(
            ["Fleet:Renditions is 'tablet': It must be one of 'desktop', 'desktop,mobile'."],
            new SectionValidator<FleetOptions>(FleetOptions.Section).Validate(null, new FleetOptions { Renditions = "tablet" }).Failures);
}
